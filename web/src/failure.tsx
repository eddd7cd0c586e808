import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { hrefWith, useAddress } from './address.ts';
import type { Problema, Envelope } from './answers.ts';
import type { Failure } from './ask.ts';
import { toExact, toFrom } from './format.ts';
import { useNow } from './now.ts';
import { useNameOf } from './people.ts';
import { logIn } from './session.ts';
import type { Shown } from './use-answer.ts';

/** A failure in the reader's words. */
export function describe(failure: Failure): { readonly title: string; readonly detail: string } {
  switch (failure.kind) {
    case 'sin-red':
      return {
        title: 'Sin red',
        detail:
          'El servicio no se alcanza desde aquí. Revise la conexión; la página vuelve a intentarlo sola.',
      };
    case 'vencida':
      return { title: 'Su sesión terminó', detail: 'Entre otra vez y volverá a esta misma página.' };
    case 'problema': {
      const { title, detail } = failure.problema;
      return { title, detail };
    }
  }
}

const isDatabaseDown = (failure: Failure): boolean =>
  failure.kind === 'problema' && failure.problema.type === 'urn:consultas:base-inaccesible';

/** A refused question would be refused again, so no button offers to repeat it. */
const isRefused = (failure: Failure): boolean => failure.kind === 'problema' && failure.problema.status < 500;

/** Shown in place of an answer, if there is none at all. */
export function FailurePanel({
  failure,
  again,
}: {
  readonly failure: Failure;
  readonly again: () => void;
}): JSX.Element {
  const { title, detail } = describe(failure);
  const refusals = failure.kind === 'problema' ? (failure.problema.errores ?? []) : [];
  const refused = isRefused(failure);
  return (
    <section class="panel" role="alert">
      <h2>{refusals.length === 0 ? title : 'Así no se puede preguntar'}</h2>
      {refusals.length > 0 ? (
        refusals.map((refusal) => <Refusal key={refusal.campo} {...refusal} />)
      ) : detail === '' ? null : (
        <p>{detail}</p>
      )}
      {isDatabaseDown(failure) ? <LastKnown /> : null}
      <p class="botones">
        {failure.kind === 'vencida' ? (
          <LogInButton />
        ) : refused && location.search !== '' ? (
          <a class="boton fuerte" href={location.pathname}>
            Quitar los filtros
          </a>
        ) : (
          <button type="button" class="boton fuerte" onClick={again}>
            Reintentar
          </button>
        )}
      </p>
    </section>
  );
}

/** A filter that the API refused, with the valid values if the API lists them. */
function Refusal({ campo, mensaje, validos }: Refused): JSX.Element {
  const address = useAddress();
  const nameOf = useNameOf();
  const value = address.query.get(campo);
  return (
    <>
      <p>
        <strong>
          {campo}
          {value === null ? '' : ` «${value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value}»`}
        </strong>
        : {mensaje}.
      </p>
      {validos === undefined || validos === null || value === null ? null : (
        <p class="periodos">
          {validos.map((valid) => (
            <a key={valid} class="ficha" href={hrefWith(address, { [campo]: valid })}>
              {campo === 'tienda' ? nameOf(valid) : valid}
            </a>
          ))}
        </p>
      )}
    </>
  );
}

type Refused = NonNullable<Problema['errores']>[number];

/** Characters of a long value that are shown. */
const SHOWN = 40;

/** Logs in again. Without network it says so. */
export function LogInButton({ address }: { readonly address?: string }): JSX.Element {
  const [unreachable, setUnreachable] = useState(false);
  return (
    <>
      {unreachable ? <span role="alert">{ISSUER_UNREACHABLE}</span> : null}
      <button
        type="button"
        class="boton fuerte"
        onClick={() => {
          setUnreachable(false);
          logIn(address).catch(() => {
            setUnreachable(true);
          });
        }}
      >
        Entrar otra vez
      </button>
    </>
  );
}

export const ISSUER_UNREACHABLE = 'El servicio de acceso no se alcanza desde aquí. Revise la conexión.';

/** A bar over the page's lower edge: why the data are not new. It does not move the page. */
export function FailureBar({
  failure,
  shown,
  again,
}: {
  readonly failure: Failure;
  readonly shown: Shown<unknown>;
  readonly again: () => void;
}): JSX.Element | null {
  const now = useNow();
  // The page's header shows this.
  if (failure.kind === 'vencida') return null;
  const { title, detail } = describe(failure);
  const old = `esto es ${toFrom(shown.received, now)}`;
  return (
    <Bar>
      <p>
        <strong>{failure.kind === 'sin-red' ? `Sin red: ${old}.` : `${title}: ${old}.`}</strong>{' '}
        {failure.kind === 'sin-red' ? 'Se vuelve a intentar solo.' : detail}
      </p>
      {isRefused(failure) ? null : (
        <button type="button" class="boton" onClick={again}>
          Reintentar
        </button>
      )}
    </Bar>
  );
}

export const Bar = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <div class="barra" role="status">
    {children}
  </div>
);

const LAST_KNOWN = 'datosHasta';

/** Stores until when the data go, which is shown when the database does not answer. */
export function rememberDatosHasta({ datosHasta }: Envelope): void {
  const newest = [datosHasta.existencias, datosHasta.ventas].filter((iso) => iso !== null).sort();
  const last = newest.at(-1);
  if (last !== undefined) localStorage.setItem(LAST_KNOWN, last);
}

function LastKnown(): JSX.Element | null {
  const iso = localStorage.getItem(LAST_KNOWN);
  if (iso === null) return null;
  return <p>Lo último que este navegador supo llegaba hasta el {toExact(Date.parse(iso))}.</p>;
}
