import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';

/** The frame of a page: its heading, which is also the title of the tab. */
export function Page({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  useEffect(() => {
    document.title = `${title} · La Granja`;
  }, [title]);
  return (
    <>
      <div class="encabezado">
        <h1 tabIndex={-1}>{title}</h1>
        {lead === undefined ? null : <p class="suave">{lead}</p>}
      </div>
      {children}
    </>
  );
}
