import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Sobre } from './answers.ts';
import { hrefOf } from './address.ts';
import { Moment } from './explain.tsx';
import { rememberDatosHasta } from './failure.tsx';
import { count, toCents, toShortDay } from './format.ts';
import { useNameOf } from './people.ts';
import type { Asked } from './use-answer.ts';

/** Until when the data of an answer is, what it lacks, and whether a newer one is on its way. Its height is always the same. */
export function Stamp({ asked }: { readonly asked: Asked<Sobre> }): JSX.Element {
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

function Freshness({ sobre: { datosHasta, tasa } }: { readonly sobre: Sobre }): JSX.Element {
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

/** How many stores are named before the rest is only counted. */
const NAMED = 3;

function Gaps({ sobre: { cobertura } }: { readonly sobre: Sobre }): JSX.Element | null {
  const nameOf = useNameOf();
  const missing = cobertura.huecos.filter(({ estado }) => estado !== 'provisional');
  const [first] = missing;
  if (cobertura.completa || first === undefined) {
    const days = new Set(cobertura.huecos.map(({ dia }) => dia)).size;
    if (days === 0) return null;
    return <span class="suave">{count(days, 'día todavía puede', 'días todavía pueden')} cambiar</span>;
  }
  const stores = [...new Set(missing.map(({ tienda }) => tienda))];
  const rest = stores.length - NAMED;
  const named = stores.slice(0, NAMED).map(nameOf).join(', ') + (rest > 0 ? ` y ${rest} más` : '');
  const what =
    missing.length === 1
      ? `falta el ${toShortDay(first.dia)} de ${named}`
      : `faltan ${missing.length} días de ventas de ${named}`;
  return (
    <a class="marca regular" href={hrefOf('/datos', { mes: first.dia.slice(0, 7) })}>
      Incompleto: {what}
    </a>
  );
}
