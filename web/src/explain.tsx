import type { CSSProperties, ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { toAgo, toExact } from './format.ts';
import { useNow } from './now.ts';
import { createStore, useStore } from './store.ts';

const ID = 'explicacion';
/** Width of the popover, as in the style, and its distance from the window's edge. */
const WIDTH = 340;
const GAP = 8;

interface Explained {
  readonly title: string;
  readonly content: ComponentChildren;
  readonly anchor: DOMRect | undefined;
}

const explained = createStore<Explained>({ title: '', content: '', anchor: undefined });

/** An explanation, which the page's popover shows. */
interface Explanation {
  readonly title: string;
  /** One of many rows is a component: it is rendered when the popover opens. */
  readonly content: ComponentChildren;
}

/** A button that opens the explanation, and closes it again. Escape and a click elsewhere close it too. */
export function ExplainButton({
  title,
  content,
  label,
  className,
  children,
}: Explanation & {
  readonly label?: string;
  readonly className: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <button
      type="button"
      class={className}
      popovertarget={ID}
      aria-label={label}
      onClick={(event) => {
        explained.set({ title, content, anchor: event.currentTarget.getBoundingClientRect() });
      }}
    >
      {children}
    </button>
  );
}

/** The question mark beside a number or a heading. */
export const Explain = ({ title, content }: Explanation): JSX.Element => (
  <ExplainButton title={title} content={content} label={`¿Cómo se calcula? ${title}`} className="como">
    ?
  </ExplainButton>
);

/** A moment in words; a click shows its exact time. */
export function Moment({
  iso,
  what,
  words,
  isKnown = true,
}: {
  readonly iso: string;
  readonly what: string;
  readonly words?: string;
  /** False when it may have been earlier: `hace más de 5 días`. */
  readonly isKnown?: boolean;
}): JSX.Element {
  const now = useNow();
  const moment = Date.parse(iso);
  const ago = toAgo(moment, now);
  return (
    <ExplainButton title={what} content={<ExactTime moment={moment} />} className="momento">
      <time dateTime={iso}>{words ?? (isKnown ? ago : ago.replace('hace', 'hace más de'))}</time>
    </ExplainButton>
  );
}

const ExactTime = ({ moment }: { readonly moment: number }): JSX.Element => <p>{toExact(moment)}.</p>;

/** Since when nothing is there; `isKnown` is false when it may have been earlier. */
export const EmptySince = ({
  desde,
  isKnown,
}: {
  readonly desde: string;
  readonly isKnown: boolean;
}): JSX.Element => (
  <Moment
    iso={desde}
    isKnown={isKnown}
    what={isKnown ? 'Sin existencia desde' : 'Sin existencia desde antes de'}
  />
);

/** The one popover of the page. */
export function ExplainPopover(): JSX.Element {
  const { title, content, anchor } = useStore(explained);
  const element = useRef<HTMLDivElement>(null);
  return (
    <div
      id={ID}
      popover="auto"
      role="dialog"
      aria-labelledby="explicacion-titulo"
      tabIndex={-1}
      // The popover takes the focus, so that closing it returns the focus to its button.
      autofocus
      ref={element}
      style={anchor === undefined ? {} : placeBeside(anchor)}
    >
      <h2 id="explicacion-titulo">{title}</h2>
      <div>{content}</div>
      <button type="button" class="boton" popovertarget={ID} popovertargetaction="hide">
        Cerrar
      </button>
    </div>
  );
}

/** The position below the button, or above it in the lower part of the window. On a telephone the style puts the popover at the bottom. */
function placeBeside({ left, top, bottom }: DOMRect): CSSProperties {
  // Unlike the window, the document ends at the scroll bar, or at the room kept for it.
  const x = Math.max(GAP, Math.min(left, document.documentElement.offsetWidth - WIDTH - GAP));
  const below = bottom < innerHeight * 0.6;
  return {
    left: `${x}px`,
    top: below ? `${bottom + GAP}px` : 'auto',
    bottom: below ? 'auto' : `${innerHeight - top + GAP}px`,
  };
}
