import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Envelope } from './answers.ts';
import { hrefOf } from './address.ts';
import { ExplainButton, Moment } from './explain.tsx';
import { rememberDatosHasta } from './failure.tsx';
import { count, toCents, toShortDay } from './format.ts';
import { useNameOf } from './people.ts';
import type { Asked } from './use-answer.ts';

/** Shows until when the data of an answer go, what is missing, and whether a newer answer is loading. Its height is always the same. */
export function Stamp({ asked }: { readonly asked: Asked<Envelope> }): JSX.Element {
  const { shown, loading, older, failure } = asked;
  const sobre = shown?.value;
  useEffect(() => {
    if (sobre !== undefined) rememberDatosHasta(sobre);
  }, [sobre]);
  return (
    <div class="sello">
      {sobre === undefined ? null : <Freshness sobre={sobre} />}
      {sobre === undefined ? null : <Gaps sobre={sobre} />}
      <span class="cargando" role="status">
        {loading && (shown === undefined || older) ? 'Buscando…' : ''}
        {older && !loading && failure !== undefined ? 'Lo que se ve es de la búsqueda anterior.' : ''}
      </span>
    </div>
  );
}

function Freshness({ sobre: { datosHasta, tasa } }: { readonly sobre: Envelope }): JSX.Element {
  const { existencias, ventas } = datosHasta;
  return (
    <>
      <span>
        Existencias{' '}
        {existencias === null ? (
          'sin cargar'
        ) : (
          <Moment iso={existencias} what="Existencias: la tienda más atrasada" />
        )}
      </span>
      <span>
        Ventas{' '}
        {ventas === null ? 'sin cargar' : <Moment iso={ventas} what="Ventas: la tienda más atrasada" />}
      </span>
      {tasa === null ? null : (
        <span>
          1 USD = {toCents(tasa.bsPorUsd)} Bs <small>({toShortDay(tasa.dia)})</small>
        </span>
      )}
    </>
  );
}

/** The API lists at most so many gaps. */
const MAX_GAPS = 100;

function Gaps({ sobre: { cobertura } }: { readonly sobre: Envelope }): JSX.Element | null {
  const nameOf = useNameOf();
  const missing = cobertura.huecos.filter(({ estado }) => estado !== 'provisional');
  const [first] = missing;
  if (first === undefined) return <Provisional dias={cobertura.huecos.map(({ dia }) => dia)} />;
  const rest = new Set(missing.map(({ tienda }) => tienda)).size - 1;
  const stores = nameOf(first.tienda) + (rest === 0 ? '' : ` y ${rest} más`);
  const days =
    missing.length === 1
      ? `falta el ${toShortDay(first.dia)}`
      : `faltan ${missing.length} días${missing.length < MAX_GAPS ? '' : ' o más'}`;
  return (
    <a class="marca regular" href={hrefOf('/datos', { mes: first.dia.slice(0, 7) })}>
      Ventas incompletas: {days} de {stores}
    </a>
  );
}

/** Days up to which they are named; more are counted. */
const NAMED = 3;

function Provisional({ dias }: { readonly dias: readonly string[] }): JSX.Element | null {
  const days = [...new Set(dias)].sort();
  if (days.length === 0) return null;
  return (
    <ExplainButton
      title="Ventas provisionales"
      className="momento"
      content={
        <p>
          Las ventas de esos días están leídas, pero todavía pueden cambiar: llegan facturas tarde y se anulan
          otras. Es lo normal en los dos últimos días.
        </p>
      }
    >
      Ventas provisionales:{' '}
      {days.length > NAMED ? count(days.length, 'día', 'días') : days.map(toShortDay).join(', ')}
    </ExplainButton>
  );
}
