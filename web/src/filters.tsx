import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { hrefWith, navigate, useAddress } from './address.ts';
import { isCategorias } from './answers.ts';
import { addDias, toDia } from './format.ts';
import { useNow } from './now.ts';
import { useNameOf, useTiendas } from './people.ts';
import { useAnswer } from './use-answer.ts';

/** The search field of a page; `/` puts the cursor into it. */
export const SEARCH_ID = 'buscar';
/** The pause in typing after which the API is asked. */
const TYPING_MS = 250;
/** The longest search that the API accepts. */
const MAX_LENGTH = 100;

export const Filters = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <form
    class="filtros"
    role="search"
    onSubmit={(event) => {
      event.preventDefault();
    }}
  >
    {children}
  </form>
);

interface Option {
  readonly value: string;
  readonly label: string;
}

/** A choice, which the address holds as the parameter `name`. */
export function ChoiceFilter({
  name,
  label,
  options,
  labelOf = (value) => value,
  fallback = '',
}: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly Option[];
  /** What a value is called that is not among the options. */
  readonly labelOf?: (value: string) => string;
  /** The value when the address has none. */
  readonly fallback?: string;
}): JSX.Element {
  const address = useAddress();
  const value = address.query.get(name) ?? fallback;
  // A value of the address is shown even if it is not one of the options.
  const shown = options.some((option) => option.value === value)
    ? options
    : [...options, { value, label: labelOf(value) }];
  return (
    <label>
      <span>{label}</span>
      <select
        name={name}
        value={value}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          navigate(hrefWith(address, { [name]: chosen === fallback ? undefined : chosen }));
        }}
      >
        {shown.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The choice of one of the reader's stores. `fallback` is the store that is shown when the address names none. */
export function StoreFilter({ fallback }: { readonly fallback?: string | undefined }): JSX.Element {
  const chosen = useAddress().query.get('tienda');
  const nameOf = useNameOf();
  const tiendas = useTiendas().map(({ id, nombre }) => ({ value: id, label: nombre }));
  const [only, ...others] = tiendas;
  const optionsOf = (): readonly Option[] => {
    if (fallback !== undefined) return tiendas;
    if (only === undefined || others.length > 0) return [{ value: '', label: 'Todas' }, ...tiendas];
    // A reader with one store has nothing to choose.
    return [chosen === only.value ? only : { value: '', label: only.label }];
  };
  return (
    <ChoiceFilter
      name="tienda"
      label="Tienda"
      options={optionsOf()}
      labelOf={nameOf}
      fallback={fallback ?? ''}
    />
  );
}

export function CategoryFilter(): JSX.Element {
  const { shown } = useAnswer('/categorias', isCategorias, { revalidate: false });
  const options = (shown?.value.filas ?? []).map(({ nombre }) => ({ value: nombre, label: nombre }));
  return (
    <ChoiceFilter name="categoria" label="Categoría" options={[{ value: '', label: 'Todas' }, ...options]} />
  );
}

/** The search, which asks and changes the address while the reader types. */
export function SearchFilter({ label }: { readonly label: string }): JSX.Element {
  const address = useAddress();
  const q = address.query.get('q') ?? '';
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const element = input.current;
    if (element !== null && document.activeElement !== element) element.value = q;
  }, [q]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  return (
    <label class="ancho">
      <span>{label}</span>
      <input
        id={SEARCH_ID}
        ref={input}
        type="search"
        name="q"
        defaultValue={q}
        maxLength={MAX_LENGTH}
        autocomplete="off"
        enterkeyhint="search"
        placeholder="Nombre, código o código de barras"
        onInput={(event) => {
          const text = event.currentTarget.value.trim();
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            navigate(hrefWith(address, { q: text }), { replace: true });
          }, TYPING_MS);
        }}
      />
    </label>
  );
}

/** The address's parameters of these names; empty ones are left out. */
export function useParameters(names: readonly string[]): Readonly<Record<string, string | undefined>> {
  const { query } = useAddress();
  return Object.fromEntries(names.map((name) => [name, query.get(name) ?? undefined]));
}

const DIA = /^\d{4}-\d{2}-\d{2}$/;

/** The days that the API assumes when an address names both ends, one or none, or something else; by default so many days until `last`. */
export const periodOf = (
  asked: Readonly<Record<string, string | undefined>>,
  last: string,
  days = 1,
): { readonly desde: string; readonly hasta: string } => {
  const [desde, hasta] = [asked['desde'], asked['hasta']].map((dia) => (isDia(dia) ? dia : undefined));
  return {
    desde: desde ?? addDias(hasta ?? last, 1 - days),
    hasta: hasta ?? (desde !== undefined && desde > last ? desde : last),
  };
};

/** Whether text of the address is a day; the API refuses what is not. */
const isDia = (text: string | undefined): boolean =>
  text !== undefined && DIA.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/** The choice of first and last day, with links to usual periods, which end on the day `last`. */
export function PeriodFilter({
  desde,
  hasta,
  last,
  periods,
  maxDays,
}: {
  readonly desde: string;
  readonly hasta: string;
  readonly last: string;
  readonly periods: readonly { readonly label: string; readonly days: number }[];
  readonly maxDays: number;
}): JSX.Element {
  const address = useAddress();
  const change = (changed: { desde?: string; hasta?: string }): void => {
    const next = { desde, hasta, ...changed };
    if (!DIA.test(next.desde) || !DIA.test(next.hasta)) return;
    // If the period gets invalid or too long, the other end is moved.
    if (next.desde > next.hasta || addDias(next.desde, maxDays - 1) < next.hasta) {
      if (changed.desde === undefined) next.desde = next.hasta;
      else next.hasta = next.desde;
    }
    navigate(hrefWith(address, next));
  };
  return (
    <>
      <div class="fechas">
        <DayField
          name="desde"
          label="Desde"
          value={desde}
          choose={(dia) => {
            change({ desde: dia });
          }}
        />
        <DayField
          name="hasta"
          label="Hasta"
          value={hasta}
          choose={(dia) => {
            change({ hasta: dia });
          }}
        />
      </div>
      <div class="periodos" role="group" aria-label="Períodos">
        {periods.map(({ label, days }) => {
          const from = addDias(last, 1 - days);
          return (
            <a
              key={label}
              class="ficha"
              href={hrefWith(address, { desde: from, hasta: last })}
              aria-current={from === desde && last === hasta ? 'true' : undefined}
            >
              {label}
            </a>
          );
        })}
      </div>
    </>
  );
}

/** The field of a day, which is today at the latest. */
function DayField({
  name,
  label,
  value,
  choose,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly choose: (dia: string) => void;
}): JSX.Element {
  const today = toDia(useNow());
  return (
    <label>
      <span>{label}</span>
      <input
        type="date"
        name={name}
        value={value}
        max={today}
        onChange={(event) => {
          choose(event.currentTarget.value);
        }}
      />
    </label>
  );
}

/** A filter that a link has set, with a button that removes it. */
export function SetFilter({
  name,
  label,
}: {
  readonly name: string;
  readonly label: string;
}): JSX.Element | null {
  const address = useAddress();
  const value = address.query.get(name);
  if (value === null) return null;
  return (
    <a
      class="ficha puesta"
      href={hrefWith(address, { [name]: undefined })}
      aria-label={`Quitar ${label} ${value}`}
    >
      {label}: {value} <span aria-hidden="true">×</span>
    </a>
  );
}
