import type { JSX } from 'preact';
import { hrefOf } from '../address.ts';
import { isDatos } from '../answers.ts';
import type { Ejecucion, EstadoDeDia, DatosAnswer } from '../answers.ts';
import { CsvButton, RowsCsvButton } from '../csv.tsx';
import type { CsvColumns } from '../csv.tsx';
import { Explain, Moment } from '../explain.tsx';
import { useParameters } from '../filters.tsx';
import { NO_VALUE, toDay, toDia, toDuration, toMonth, toShortDay } from '../format.ts';
import { NoAnswer, OldAnswer } from '../list.tsx';
import { LATE_MS, useNow } from '../now.ts';
import { Page } from '../page.tsx';
import { Stamp } from '../stamp.tsx';
import { Table } from '../table.tsx';
import type { Column } from '../table.tsx';
import { useAnswer } from '../use-answer.ts';

const MES = /^\d{4}-(0[1-9]|1[0-2])$/;

export function Datos(): JSX.Element {
  const parameters = useParameters(['mes']);
  const path = hrefOf('/datos', parameters);
  const asked = useAnswer(path, isDatos);
  const thisMonth = toDia(useNow()).slice(0, 7);
  // The API refuses what is no month.
  const mes = MES.exec(parameters['mes'] ?? '')?.[0] ?? thisMonth;
  const value = asked.shown?.value;
  return (
    <Page title="Datos" lead="Qué está completo y qué falta de los datos que se ven aquí.">
      <Stamp asked={asked} />
      {value === undefined ? (
        <NoAnswer asked={asked} />
      ) : (
        <>
          <Fallas fallas={value.fallas} ejecuciones={value.ejecuciones} />
          <Calendar value={value} mes={mes} thisMonth={thisMonth} path={path} />
          <Ejecuciones ejecuciones={value.ejecuciones} />
        </>
      )}
      <OldAnswer asked={asked} />
    </Page>
  );
}

const FLUJOS = ['inventario', 'ventas'] as const;
const NOMBRES = { inventario: 'Inventario', ventas: 'Ventas' } as const;

function Fallas({ fallas, ejecuciones }: Pick<DatosAnswer, 'fallas' | 'ejecuciones'>): JSX.Element {
  const now = useNow();
  const cargas = FLUJOS.flatMap((flujo) => {
    const last = ejecuciones.find((carga) => carga.flujo === flujo && carga.estado !== 'en_curso');
    return last === undefined ? [] : [last];
  });
  const malas = cargas.filter(({ estado }) => !GOOD.has(estado));
  const atrasadas = cargas.filter(({ inicio }) => now - Date.parse(inicio) > LATE_MS);
  return (
    <section>
      <h2>
        Qué falla ahora{' '}
        <Explain
          title="Qué falla ahora"
          content={
            <p>
              Los inventarios y las horas de ventas que no se pudieron cargar y siguen así: desde cuándo, y
              qué hace quien opera el sistema. El código lo identifica para él.
            </p>
          }
        />
      </h2>
      {fallas.length + malas.length + atrasadas.length === 0 ? (
        <p class="suave">
          {cargas.length === 0
            ? 'Todavía no hubo ninguna carga.'
            : 'Nada. Las últimas cargas terminaron bien.'}
        </p>
      ) : (
        <ul class="fallas">
          {atrasadas.map(({ flujo, inicio }) => (
            <li key={`atrasada ${flujo}`}>
              <h3>
                La última carga de {NOMBRES[flujo].toLowerCase()} es de{' '}
                <span class="suave">
                  <Moment iso={inicio} what="Empezó" />
                </span>
              </h3>
              <p>
                <strong>Qué hacer:</strong> hay una cada 30 minutos; avise a quien opera el sistema.
              </p>
            </li>
          ))}
          {malas.map(({ id, flujo, inicio, estado, error }) => (
            <li key={id}>
              <h3>
                La última carga de {NOMBRES[flujo].toLowerCase()} terminó {estado.replaceAll('_', ' ')}{' '}
                <span class="suave">
                  <Moment iso={inicio} what="Empezó" />
                  {error === null ? null : ` · ${error.codigo}`}
                </span>
              </h3>
              {error?.mensaje === undefined || error.mensaje === null ? null : <p>{error.mensaje}</p>}
              <p>
                <strong>Qué hacer:</strong>{' '}
                {error?.remedio ??
                  'lo que falló está aquí, por tienda, mientras siga fallando; la próxima carga lo intenta otra vez.'}
              </p>
            </li>
          ))}
          {fallas.map(({ tienda, flujo, codigo, mensaje, desde, remedio }) => (
            <li key={`${tienda.id} ${flujo} ${codigo}`}>
              <h3>
                {NOMBRES[flujo]} de {tienda.nombre}{' '}
                <span class="suave">
                  <Moment iso={desde} what="Falla desde" /> · {codigo}
                </span>
              </h3>
              {mensaje === null ? null : <p>{mensaje}</p>}
              <p>
                <strong>Qué hacer:</strong> {remedio}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface DayLook {
  readonly mark: string;
  readonly look: string;
  readonly words: string;
}

const LOOKS: Readonly<Record<NonNullable<EstadoDeDia>, DayLook>> = {
  completo: { mark: '■', look: 'bien', words: 'completo' },
  provisional: { mark: '□', look: 'provisional', words: 'provisional: leído, todavía puede cambiar' },
  abierto: { mark: '◧', look: 'provisional', words: 'abierto: el día no ha terminado' },
  falta: { mark: '–', look: 'regular', words: 'falta: no se ha leído entero' },
  fallido: { mark: '✗', look: 'mal', words: 'fallido: se intentó y no se pudo' },
  futuro: { mark: '', look: 'nada', words: 'todavía no llega' },
};
const UNASKED: DayLook = { mark: '·', look: 'nada', words: 'antes del primer día que se pidió a KLK' };
const lookOf = (estado: EstadoDeDia): DayLook => (estado === null ? UNASKED : LOOKS[estado]);
const LEGEND = [LOOKS.completo, LOOKS.provisional, LOOKS.abierto, LOOKS.falta, LOOKS.fallido];

function addMonths(mes: string, months: number): string {
  const [year = 0, month = 1] = mes.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 7);
}

function Calendar({
  value: { dias, tiendas, cobertura },
  mes,
  thisMonth,
  path,
}: {
  readonly value: DatosAnswer;
  readonly mes: string;
  readonly thisMonth: string;
  readonly path: string;
}): JSX.Element {
  const next = addMonths(mes, 1);
  const legend = tiendas.some(({ estados }) => estados.includes(null)) ? [...LEGEND, UNASKED] : LEGEND;
  return (
    <section>
      <div class="herramientas">
        <h2>
          Ventas leídas en {toMonth(`${mes}-01`)}{' '}
          <Explain
            title="Ventas leídas"
            content={
              <p>
                Un cuadro por tienda y día. Un día queda completo cuando KLK contestó dos veces lo mismo, la
                segunda dos días después; hasta entonces es provisional. Lo que falta se vuelve a pedir solo.
              </p>
            }
          />
        </h2>
        <nav class="meses" aria-label="Mes">
          <a class="boton" href={hrefOf('/datos', { mes: addMonths(mes, -1) })} aria-label="Mes anterior">
            ←
          </a>
          {next > thisMonth ? null : (
            <a class="boton" href={hrefOf('/datos', { mes: next })} aria-label="Mes siguiente">
              →
            </a>
          )}
        </nav>
        <CsvButton path={path} />
      </div>
      <Missing huecos={cobertura.huecos} dias={dias} tiendas={tiendas} />
      {tiendas.length === 0 ? (
        <p class="suave">Ninguna tienda tiene ventas que leer en este mes.</p>
      ) : (
        <table class="calendario" role="table">
          <caption>Estado de las ventas de cada tienda, día por día</caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">
                Tienda
              </th>
              {dias.map((dia) => (
                <th role="columnheader" scope="col" key={dia} class={isMonday(dia) ? 'lunes' : ''}>
                  {Number(dia.slice(8))}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {tiendas.map(({ tienda, estados }) => (
              <tr role="row" key={tienda.id}>
                <th role="rowheader" scope="row">
                  {tienda.nombre}
                </th>
                {estados.map((estado, index) => {
                  const dia = dias[index] ?? '';
                  const { mark, look, words } = lookOf(estado);
                  return (
                    <td
                      role="cell"
                      key={dia}
                      class={`${look}${isMonday(dia) ? ' lunes' : ''}`}
                      title={`${toDay(dia)}: ${words}`}
                    >
                      <span aria-hidden="true">{mark}</span>
                      <span class="oculto">{words.split(':')[0]}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ul class="leyenda">
        {legend.map(({ mark, look, words }) => (
          <li key={words}>
            <span class={look} aria-hidden="true">
              {mark}
            </span>{' '}
            {words}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Which days lack sales, in words, and since when those of each store are known. */
function Missing({
  huecos,
  dias,
  tiendas,
}: {
  readonly huecos: DatosAnswer['cobertura']['huecos'];
  readonly dias: DatosAnswer['dias'];
  readonly tiendas: DatosAnswer['tiendas'];
}): JSX.Element {
  const missing = huecos.filter(({ estado }) => estado !== 'provisional');
  const unknown = unknownOf(dias, tiendas);
  if (missing.length === 0 && unknown.length === 0) {
    return <p class="suave">En este mes no falta ningún día de ventas.</p>;
  }
  return (
    <ul class="huecos">
      {tiendas
        .map(({ tienda: { id, nombre } }) => ({
          id,
          nombre,
          gaps: missing.filter(({ tienda }) => tienda === id),
        }))
        .filter(({ gaps }) => gaps.length > 0)
        .map(({ id, nombre, gaps }) => (
          <li key={id}>
            <strong>{nombre}</strong>:{' '}
            {gaps
              .toSorted((a, b) => (a.dia < b.dia ? -1 : 1))
              .map(({ dia, estado }) => `${toShortDay(dia)} (${estado})`)
              .join(', ')}
          </li>
        ))}
      {unknown.map(({ since, names }) => (
        <li key={since}>
          <strong>{names.join(', ')}</strong>:{' '}
          {since === ''
            ? 'no se conocen ventas de este mes'
            : `no se conocen ventas antes del ${toShortDay(since)}`}
        </li>
      ))}
    </ul>
  );
}

/** The stores of which the first days of a month lie before all sales that are known, by the day since when they are; empty where none is. */
function unknownOf(
  dias: DatosAnswer['dias'],
  tiendas: DatosAnswer['tiendas'],
): readonly { readonly since: string; readonly names: readonly string[] }[] {
  const bySince = new Map<string, string[]>();
  for (const { tienda, estados } of tiendas) {
    if (estados[0] !== null) continue;
    const since = dias[estados.findIndex((estado) => estado !== null && estado !== 'futuro')] ?? '';
    bySince.set(since, [...(bySince.get(since) ?? []), tienda.nombre]);
  }
  return [...bySince].map(([since, names]) => ({ since, names }));
}

const isMonday = (dia: string): boolean => new Date(`${dia}T00:00:00Z`).getUTCDay() === 1;

const Ejecuciones = ({ ejecuciones }: { readonly ejecuciones: readonly Ejecucion[] }): JSX.Element => (
  <section>
    <div class="herramientas">
      <h2>Últimas cargas</h2>
      <RowsCsvButton name="cargas" columns={EJECUCIONES_CSV} filas={ejecuciones} />
    </div>
    {ejecuciones.length === 0 ? (
      <p class="suave">Todavía no hubo ninguna carga.</p>
    ) : (
      <Table
        caption="Las últimas 20 cargas"
        columns={EJECUCIONES}
        filas={ejecuciones}
        keyOf={({ id }) => id}
      />
    )}
  </section>
);

const GOOD = new Set(['exitosa', 'en_curso']);

const EJECUCIONES_CSV: CsvColumns<Ejecucion> = [
  ['Carga', ({ flujo }) => flujo],
  ['Origen', ({ origen }) => origen],
  ['Empezó', ({ inicio }) => inicio],
  ['Terminó', ({ fin }) => fin],
  ['Estado', ({ estado }) => estado],
  ['Código del error', ({ error }) => error?.codigo],
  ['Error', ({ error }) => error?.mensaje],
];

const EJECUCIONES: readonly Column<Ejecucion>[] = [
  {
    title: 'Carga',
    explain: 'Qué se cargó: el inventario o las ventas.',
    card: 'titulo',
    cell: ({ flujo, origen }) => (
      <>
        {NOMBRES[flujo]} <small>{origen}</small>
      </>
    ),
  },
  {
    title: 'Empezó',
    explain: 'Cuándo empezó la carga.',
    cell: ({ inicio }) => <Moment iso={inicio} what="Empezó" />,
  },
  {
    title: 'Duró',
    explain: 'Cuánto tardó.',
    numeric: true,
    cell: ({ inicio, fin }) => (fin === null ? NO_VALUE : lasted(inicio, fin)),
  },
  {
    title: 'Estado',
    explain: 'Exitosa: se cargó todo. Parcial: algo falló. Fallida: no se cargó nada.',
    cell: ({ estado }) => (
      <span class={`marca ${GOOD.has(estado) ? 'bien' : estado === 'parcial' ? 'regular' : 'mal'}`}>
        {estado.replaceAll('_', ' ')}
      </span>
    ),
  },
  {
    title: 'Error',
    explain:
      'El error que detuvo la carga entera. «En sus tiendas»: siguió, y algo de una tienda falló; lo que sigue fallando está arriba.',
    card: 'linea',
    cell: ({ error, estado }) =>
      error === null ? (
        <span class="suave">{GOOD.has(estado) ? 'ninguno' : 'en sus tiendas'}</span>
      ) : (
        <>
          {error.codigo} <small>{error.mensaje}</small>
        </>
      ),
  },
];

function lasted(inicio: string, fin: string): string {
  const seconds = (Date.parse(fin) - Date.parse(inicio)) / 1_000;
  return seconds < 60 ? `${Math.round(seconds)} s` : toDuration(seconds / 3_600);
}
