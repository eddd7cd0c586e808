import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Envelope } from './answers.ts';
import { hrefOf } from './address.ts';
import { ExplainButton, Moment } from './explain.tsx';
import { rememberDatosHasta } from './failure.tsx';
import { count, toCents, toClock, toDia, toShortDay } from './format.ts';
import { useNow } from './now.ts';
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
      {sobre === undefined ? null : <NotLoaded tiendas={sobre.datosHasta.sinCargar ?? []} />}
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

/** The stores of which something was never loaded: no moment tells of it. */
function NotLoaded({ tiendas }: { readonly tiendas: readonly string[] }): JSX.Element | null {
  const nameOf = useNameOf();
  const [first] = tiendas;
  if (first === undefined) return null;
  return (
    <a class="marca regular" href="/datos">
      Sin cargar: {tiendas.length === 1 ? nameOf(first) : count(tiendas.length, 'tienda', 'tiendas')}
    </a>
  );
}

/** The API lists at most so many gaps. */
const MAX_GAPS = 100;

function Gaps({ sobre: { cobertura, datosHasta } }: { readonly sobre: Envelope }): JSX.Element | null {
  const nameOf = useNameOf();
  const missing = cobertura.huecos.filter(({ estado }) => estado !== 'provisional');
  const [first] = missing;
  if (first === undefined) {
    return <Provisional dias={cobertura.huecos.map(({ dia }) => dia)} ventas={datosHasta.ventas} />;
  }
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

/** Days that may still change. Today is not over: its sales are read until a moment. */
function Provisional({
  dias,
  ventas,
}: {
  readonly dias: readonly string[];
  readonly ventas: string | null;
}): JSX.Element | null {
  const today = toDia(useNow());
  const days = [...new Set(dias)].sort();
  if (days.length === 0) return null;
  const hasToday = days.includes(today);
  const isRead = ventas !== null && toDia(Date.parse(ventas)) >= today;
  const until = isRead ? `hasta las ${toClock(Date.parse(ventas))}` : 'sin leer en alguna tienda';
  return (
    <ExplainButton
      title="Ventas provisionales"
      className="momento"
      content={
        <>
          {days.length > 1 || !hasToday ? (
            <p>
              Las ventas de los días que ya terminaron están leídas, pero todavía pueden cambiar: llegan
              facturas tarde y se anulan otras. Es lo normal en los dos últimos.
            </p>
          ) : null}
          {hasToday ? (
            <p>
              Hoy no ha terminado: sus ventas están {isRead ? 'leídas ' : ''}
              {until}. Lo que las suma está incompleto.
            </p>
          ) : null}
        </>
      }
    >
      {days.length === 1 && hasToday
        ? `Ventas de hoy ${until}`
        : `Ventas provisionales: ${
            days.length > NAMED
              ? count(days.length, 'día', 'días')
              : days.map((dia) => (dia === today ? 'hoy' : toShortDay(dia))).join(', ')
          }`}
    </ExplainButton>
  );
}
