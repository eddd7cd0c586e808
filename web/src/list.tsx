import type { ComponentChildren, JSX } from 'preact';
import { CsvButton } from './csv.tsx';
import { FailureBar, FailurePanel, describe } from './failure.tsx';
import { count } from './format.ts';
import { Table } from './table.tsx';
import type { Column, DefaultOrder } from './table.tsx';
import type { Asked, AskedList } from './use-answer.ts';

/** Shown when there are no rows: why, and what to do. */
export interface Empty {
  readonly title: string;
  readonly detail: ComponentChildren;
}

/** The rows of an answer with their count, their CSV and a button for the next page; or why there are none. */
export function List<F>({
  asked,
  columns,
  caption,
  path,
  keyOf,
  empty,
  defaultOrder,
}: {
  readonly asked: AskedList<F, unknown>;
  readonly columns: readonly Column<F>[];
  readonly caption: string;
  readonly path: string;
  readonly keyOf: (fila: F) => string;
  readonly empty: Empty;
  readonly defaultOrder?: DefaultOrder;
}): JSX.Element {
  const { shown, filas, loading, older, more, loadingMore, moreFailure } = asked;
  if (shown === undefined) return <NoAnswer asked={asked} />;
  return (
    <>
      <div class="herramientas">
        <span class="suave" aria-live="polite">
          {filas.length === 0
            ? ''
            : `${count(filas.length, 'fila', 'filas')}${more === undefined ? '' : ', y hay más'}`}
        </span>
        <CsvButton path={path} />
      </div>
      {filas.length === 0 ? (
        <EmptyPanel {...empty} />
      ) : (
        <Table
          caption={older ? 'Resultado de la búsqueda anterior' : caption}
          columns={columns}
          filas={filas}
          keyOf={keyOf}
          busy={older && loading}
          defaultOrder={defaultOrder}
        />
      )}
      {more === undefined ? null : (
        <p class="mas">
          <button type="button" class="boton fuerte" onClick={more} disabled={loadingMore}>
            {loadingMore ? 'Cargando…' : 'Más filas'}
          </button>
          {moreFailure === undefined ? null : (
            <span role="alert">{describe(moreFailure).title}. Inténtelo otra vez.</span>
          )}
        </p>
      )}
      <OldAnswer asked={asked} />
    </>
  );
}

/** Shown in place of an answer: that it is loading, or why there is none. */
export function NoAnswer({ asked }: { readonly asked: Asked<unknown> }): JSX.Element {
  const { failure, loading, again } = asked;
  if (failure !== undefined && !loading) return <FailurePanel failure={failure} again={again} />;
  return (
    <div class="esqueleto" role="status">
      <span class="oculto">Cargando…</span>
    </div>
  );
}

/** A bar over the page's lower edge when the answer is not new; nothing otherwise. */
export function OldAnswer({ asked }: { readonly asked: Asked<unknown> }): JSX.Element | null {
  const { shown, failure, again } = asked;
  if (shown === undefined || failure === undefined) return null;
  return <FailureBar failure={failure} shown={shown} again={again} />;
}

const EmptyPanel = ({ title, detail }: Empty): JSX.Element => (
  <section class="panel">
    <h2>{title}</h2>
    <p>{detail}</p>
  </section>
);
