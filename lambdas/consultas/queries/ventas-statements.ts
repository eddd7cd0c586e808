/*
 * The statements of read-ventas.ts. Their parameters: $1 ids, $2 names and $3 first days of sales of the stores, $4 first and $5 last day, $6 days back to the day of
 * the comparison (NULL: none), $7 today, $8 category, $9 patterns of the words searched for (NULL: none), $10 id, $11 number and $12 text of the last row of the page
 * before, $13 rows.
 */

export const NIVELES = ['tienda', 'categoria', 'articulo'] as const;
export type Nivel = (typeof NIVELES)[number];

export const ORDENES = ['-venta', 'venta', 'nombre', '-unidades', '-margen', 'margen'] as const;
export type Orden = (typeof ORDENES)[number];

/** Whether all words that are searched for stand in a text without accents and in small letters; true without any. */
const contains = (text: string): string =>
  `($9::text[] IS NULL OR ${text} LIKE ALL (ARRAY(SELECT consultas.sin_acentos(p) FROM unnest($9::text[]) AS p)))`;

/** The days of a store `t` in a period, by index: the planner would read all days of all years. */
const diasDe = (desde: string, hasta: string): string =>
  `(SELECT * FROM consultas.ventas_dias WHERE tienda = t.id AND dia BETWEEN ${desde} AND ${hasta} OFFSET 0)`;

/** The days of a store that were asked for, and the earlier days with which those that are over are compared. */
const PEDIDOS = diasDe('$4::date', '$5::date');
const ANTERIORES = diasDe('$4::date - $6::integer', 'least($5::date, $7::date - 1) - $6::integer');

/** Whether a day was read whole. */
const entero = (dia: string): string => `NOT ${dia}.fallido AND NOT ${dia}.falta`;

/**
 * The days `a` that were asked for, each with the day `b` that it is compared with: both are over, read whole, and not before the first on which the store sold anything. The
 * earlier one is over because it lies weeks before.
 */
const pares = (join: 'JOIN' | 'LEFT JOIN'): string =>
  `${PEDIDOS} AS a ${join} LATERAL ${diasDe('a.dia - $6::integer', 'a.dia - $6::integer')} AS b
      ON a.dia < $7::date AND ${entero('a')} AND ${entero('b')} AND b.dia >= t.primera`;

const TIENDAS = `
  tiendas AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::text[], $3::date[]) AS t (id, nombre, primera)
  )`;

/** What is summed of articles `v` in days or weeks `l` of both periods; `l.actual` are those of the period asked for. */
const ARTICULOS = {
  facturas: 'sum(v.facturas) FILTER (WHERE l.actual)',
  unidades: 'sum(v.unidades) FILTER (WHERE l.actual)',
  kilos: 'sum(v.kilos) FILTER (WHERE l.actual)',
  venta: 'sum(v.venta_total) FILTER (WHERE l.actual)',
  con_costo: 'sum(v.venta_con_costo) FILTER (WHERE l.actual)',
  utilidad: 'sum(v.utilidad_bruta) FILTER (WHERE l.actual)',
  comparable: 'sum(v.venta_total) FILTER (WHERE l.actual AND l.comparable)',
  antes_venta: 'sum(v.venta_total) FILTER (WHERE NOT l.actual)',
  antes_unidades: 'sum(v.unidades) FILTER (WHERE NOT l.actual)',
  antes_kilos: 'sum(v.kilos) FILTER (WHERE NOT l.actual)',
};

/** The same sums over rows that are already sums. */
const SUMADAS = {
  facturas: 'sum(s.facturas)',
  unidades: 'sum(s.unidades)',
  kilos: 'sum(s.kilos)',
  venta: 'sum(s.venta)',
  con_costo: 'sum(s.con_costo)',
  utilidad: 'sum(s.utilidad)',
  comparable: 'sum(s.comparable)',
  antes_venta: 'sum(s.antes_venta)',
  antes_unidades: 'sum(s.antes_unidades)',
  antes_kilos: 'sum(s.antes_kilos)',
};

/** NULL: an invoice with several articles would count several times. */
const SIN_FACTURAS = 'NULL::numeric';

const select = (sumas: typeof SUMADAS): string =>
  Object.entries(sumas)
    .map(([nombre, suma]) => `${suma} AS ${nombre}`)
    .join(', ');

const COLUMNAS = Object.keys(SUMADAS).join(', ');

/** How many days were asked for, and how many of them are over. */
const DIAS_PEDIDOS = '($5::date - $4::date + 1)';
const TERMINADOS = '(least($5::date + 1, $7::date) - $4::date)';

/** Whether every day that is over is compared. */
const TODOS = `(pedidos.enteros = ${TERMINADOS} AND anteriores.enteros = ${TERMINADOS})`;

/**
 * Each store with the sums of its days: how many are compared, of how many, whether they are incomplete, and which are not closed, as JSON. A day that is not over, not
 * read whole, or that the database does not know makes the sums incomplete. Days are matched one by one only for a store of which some are not compared.
 */
const DIAS = `
  dias AS MATERIALIZED (
    SELECT t.id, t.nombre, facturas, unidades, kilos, venta, con_costo, utilidad, comparable, antes_venta, antes_unidades, antes_kilos, dias_comparados,
           ${DIAS_PEDIDOS} AS dias, fallido OR pedidos.enteros < ${DIAS_PEDIDOS} AS incompleto, abiertos, desconocidos
      FROM tiendas t
     CROSS JOIN LATERAL (
           SELECT sum(facturas) AS facturas, sum(unidades) AS unidades, sum(kilos) AS kilos, sum(venta_total) AS venta, sum(venta_con_costo) AS con_costo,
                  sum(utilidad_bruta) AS utilidad, sum(venta_total) FILTER (WHERE dia < $7::date) AS venta_terminada, count(*) AS conocidos, count(*) FILTER (WHERE dia < $7::date AND ${entero('a')}) AS enteros,
                  coalesce(bool_or(fallido), false) AS fallido,
                  json_agg(json_build_object('tienda', tienda, 'dia', dia, 'estado', consultas.estado_dia(dia, $7::date, fallido, falta, cerrado)))
                    FILTER (WHERE (dia < $7::date AND ${entero('a')} AND cerrado) IS NOT TRUE) AS abiertos
             FROM ${PEDIDOS} AS a) AS pedidos
     CROSS JOIN LATERAL (
           SELECT sum(venta_total) AS venta_anterior, sum(unidades) AS unidades_anteriores, sum(kilos) AS kilos_anteriores,
                  count(*) FILTER (WHERE ${entero('b')} AND dia >= t.primera) AS enteros
             FROM ${ANTERIORES} AS b) AS anteriores
     CROSS JOIN LATERAL (
           SELECT venta_terminada AS comparable, venta_anterior AS antes_venta, unidades_anteriores AS antes_unidades, kilos_anteriores AS antes_kilos, ${TERMINADOS} AS dias_comparados
            WHERE ${TODOS}
           UNION ALL
           SELECT sum(a.venta_total), sum(b.venta_total), sum(b.unidades), sum(b.kilos), count(*) FROM ${pares('JOIN')} HAVING NOT ${TODOS}) AS comparados
     CROSS JOIN LATERAL (
           SELECT json_agg(json_build_object('tienda', t.id, 'dia', $4::date + n, 'estado', consultas.estado_dia($4::date + n, $7::date, NULL, NULL, NULL))) AS desconocidos
             FROM generate_series(0, $5::date - $4::date) AS n
            WHERE conocidos < ${DIAS_PEDIDOS} AND NOT EXISTS (SELECT FROM consultas.ventas_dias WHERE tienda = t.id AND dia = $4::date + n OFFSET 0)) AS faltan
  )`;

/** The coverage of several stores. */
const COBERTURA =
  'sum(dias_comparados) AS dias_comparados, sum(dias) AS dias, bool_or(incompleto) AS incompleto';

/**
 * What is read of the articles: the days asked for and those that they are compared with, or whole weeks of them whose sums are kept and of which all days are compared or
 * none. Days are compared with days whole weeks before.
 */
const LECTURAS = `
  pares AS MATERIALIZED (
    SELECT p.*, dia - (extract(isodow FROM dia)::integer - 1) AS lunes
      FROM tiendas t CROSS JOIN LATERAL (SELECT a.*, b.dia IS NOT NULL AS comparable, b.en_semana AS antes_en_semana FROM ${pares('LEFT JOIN')}) AS p
  ), semanas AS MATERIALIZED (
    SELECT tienda, lunes, bool_and(comparable) AS comparable
      FROM pares
     GROUP BY tienda, lunes
    HAVING count(*) = 7 AND bool_and(en_semana) AND (NOT bool_or(comparable) OR bool_and(comparable AND antes_en_semana))
  ), pedidas AS MATERIALIZED (
    SELECT tienda, lunes AS desde, 7 AS dias, comparable FROM semanas
    UNION ALL
    SELECT tienda, dia, 1, comparable FROM pares WHERE (tienda, lunes) NOT IN (SELECT tienda, lunes FROM semanas)
  ), lecturas AS MATERIALIZED (
    SELECT tienda, desde, dias, true AS actual, comparable FROM pedidas
    UNION ALL
    SELECT tienda, desde - $6::integer, dias, false, true FROM pedidas WHERE comparable
  ), cobertura AS (SELECT ${COBERTURA} FROM dias s)`;

/** What the articles sold in one of those days or weeks `l`. OFFSET 0 keeps the planner from reading the whole table instead of some days of it. */
const vendidoEn = (articulos = ''): string =>
  `(SELECT * FROM consultas.ventas_periodos WHERE tienda = l.tienda AND desde = l.desde AND dias = l.dias${articulos} OFFSET 0)`;

const leidos = (dias: 'lecturas' | 'pedidas'): string => `${dias} l CROSS JOIN LATERAL ${vendidoEn()} AS v`;

const TIENDA_BUSCADA = contains(`consultas.sin_acentos(t.nombre || ' ' || t.id)`);
const DE_LA_CATEGORIA =
  '($8::text IS NULL OR v.articulo IN (SELECT codigo FROM consultas.articulos WHERE categoria = $8::text))';
const ARTICULO_BUSCADO = `($9::text[] IS NULL OR v.articulo IN (SELECT codigo FROM consultas.articulos WHERE ${contains('busqueda')}))`;

/** The number by which a row is ordered, from its measures: smaller comes first. By name there is none. */
const numero = (orden: Orden, measures: Readonly<Record<'venta' | 'unidades' | 'margen', string>>): string =>
  ({
    '-venta': `-${measures.venta}`,
    venta: measures.venta,
    nombre: 'NULL::numeric',
    '-unidades': `-${measures.unidades}`,
    '-margen': `-${measures.margen}`,
    margen: measures.margen,
  })[orden];

/** The text by which a row is ordered, as `/existencias` orders names: a cursor has no room for a longer one, and ids tell rows apart. */
const texto = (orden: Orden, nombre: string): string =>
  orden === 'nombre' ? `left(consultas.sin_acentos(${nombre}), 120)` : `''`;

/** Whether a row `n`, `t`, `id` comes after the last one of the page before. */
const DESPUES = `
  ($10::text IS NULL
   OR CASE WHEN $11::numeric IS NULL THEN n IS NULL AND (t COLLATE "C", id COLLATE "C") > ($12::text, $10::text)
           ELSE n IS NULL OR n > $11::numeric OR n = $11::numeric AND (t COLLATE "C", id COLLATE "C") > ($12::text, $10::text) END)`;

const EN_ORDEN = 'o.n NULLS LAST, o.t COLLATE "C", o.id COLLATE "C"';

/** Up to so many articles are looked up by index on each day; for more a scan is faster. */
const POCAS = 1_000;

/** For each level: `sumas`, at least the rows of the page; `total`, the sums over all rows of the filter. */
const PREGUNTAS = {
  /** Stores, summed from their days. */
  dias: () => `
    sumas AS (
      SELECT * FROM dias t WHERE $8::text IS NULL AND ${TIENDA_BUSCADA}
    ), total AS (
      SELECT ${select(SUMADAS)}, ${COBERTURA} FROM sumas s
    )`,
  /** Stores, summed from what they sold of one category. */
  tienda: () => `${LECTURAS}, vendidos AS (
      SELECT v.tienda, ${select({ ...ARTICULOS, facturas: SIN_FACTURAS })} FROM ${leidos('lecturas')} WHERE ${DE_LA_CATEGORIA} GROUP BY v.tienda
    ), sumas AS (
      SELECT t.id, t.nombre, ${COLUMNAS.replaceAll(/\w+/g, 'v.$&')}, t.dias_comparados, t.dias, t.incompleto
        FROM dias t LEFT JOIN vendidos v ON v.tienda = t.id
       WHERE ${TIENDA_BUSCADA}
    ), total AS (
      SELECT ${select(SUMADAS)}, ${COBERTURA} FROM sumas s
    )`,
  categoria: () => `${LECTURAS}, vendidos AS (
      SELECT v.articulo, ${select(ARTICULOS)}, bool_or(l.actual) AS actual FROM ${leidos('lecturas')} WHERE ${DE_LA_CATEGORIA} GROUP BY v.articulo
    ), categorias AS (
      SELECT a.categoria AS id, a.categoria AS nombre, ${select({ ...SUMADAS, facturas: SIN_FACTURAS })}, bool_or(s.actual) AS actual
        FROM vendidos s JOIN consultas.articulos a ON a.codigo = s.articulo
       WHERE ${contains('consultas.sin_acentos(a.categoria)')}
       GROUP BY a.categoria
    ), sumas AS (
      SELECT id, nombre, ${COLUMNAS}, dias_comparados, dias, incompleto FROM categorias CROSS JOIN cobertura WHERE actual
    ), total AS (
      SELECT s.*, c.* FROM (SELECT ${select(SUMADAS)} FROM categorias s) AS s CROSS JOIN cobertura c
    )`,
  /**
   * One pass over the period finds the articles of the page, by the one measure that orders them; their other numbers are looked up, or read whole when they
   * are many. Totals without a filter come from the days; with one they are summed from the articles.
   */
  articulo: (orden: Orden) => `${LECTURAS}, vendidos AS (
      SELECT v.articulo, ${numero(orden, {
        venta: 'round(sum(v.venta_total), 2)',
        unidades: 'round(sum(v.unidades), 3)',
        margen: 'round(100 * sum(v.utilidad_bruta) / nullif(sum(v.venta_con_costo), 0), 1)',
      })} AS n
        FROM ${leidos('pedidas')}
       WHERE ${DE_LA_CATEGORIA} AND ${ARTICULO_BUSCADO}
       GROUP BY v.articulo
    ), elegidos AS MATERIALIZED (
      SELECT o.id, a.nombre
        FROM (SELECT *
                FROM (SELECT s.articulo AS id, s.n, ${texto(orden, 'a.nombre')} AS t
                        FROM vendidos s ${orden === 'nombre' ? 'JOIN consultas.articulos a ON a.codigo = s.articulo' : ''}) AS o
               WHERE ${DESPUES}
               ORDER BY ${EN_ORDEN}
               LIMIT $13::integer) AS o
        JOIN consultas.articulos a ON a.codigo = o.id
    ), detalle AS (
      SELECT e.id, e.nombre, l.actual, l.comparable, v.*
        FROM lecturas l
       CROSS JOIN LATERAL ${vendidoEn(' AND articulo = ANY (ARRAY(SELECT id FROM elegidos))')} AS v
        JOIN elegidos e ON e.id = v.articulo
       WHERE $13::integer <= ${POCAS}
      UNION ALL
      SELECT e.id, e.nombre, l.actual, l.comparable, v.* FROM ${leidos('lecturas')} JOIN elegidos e ON e.id = v.articulo WHERE $13::integer > ${POCAS}
    ), sumas AS (
      SELECT s.*, c.*
        FROM (SELECT v.id, v.nombre, ${select(ARTICULOS)} FROM detalle v CROSS JOIN LATERAL (SELECT v.actual, v.comparable) AS l GROUP BY v.id, v.nombre) AS s
       CROSS JOIN cobertura c
    ), total AS (
      SELECT s.*, c.*
        FROM (SELECT ${select({ ...SUMADAS, facturas: SIN_FACTURAS })} FROM dias s HAVING $8::text IS NULL AND $9::text[] IS NULL
              UNION ALL
              SELECT ${select({ ...ARTICULOS, facturas: SIN_FACTURAS })} FROM ${leidos('lecturas')} WHERE ${DE_LA_CATEGORIA} AND ${ARTICULO_BUSCADO}
              HAVING $8::text IS NOT NULL OR $9::text[] IS NOT NULL) AS s
       CROSS JOIN cobertura c
    )`,
} as const;

const statement = (pregunta: keyof typeof PREGUNTAS, orden: Orden): string => `
  WITH ${TIENDAS}, ${DIAS}, ${PREGUNTAS[pregunta](orden)}, medidas AS (
    SELECT id, nombre, round(coalesce(unidades, 0), 3) AS unidades, round(coalesce(kilos, 0), 3) AS kilos, round(coalesce(venta, 0), 2) AS venta,
           round(utilidad, 2) AS utilidad, round(100 * utilidad / nullif(con_costo, 0), 1) AS margen,
           ${pregunta === 'dias' ? 'coalesce(facturas, 0)' : 'facturas'} AS facturas,
           ${pregunta === 'dias' ? 'round(venta / nullif(facturas, 0), 2)' : 'NULL::numeric'} AS ticket,
           round(coalesce(comparable, 0), 2) AS comparable, round(coalesce(antes_venta, 0), 2) AS antes_venta, round(coalesce(antes_unidades, 0), 3) AS antes_unidades,
           round(coalesce(antes_kilos, 0), 3) AS antes_kilos, round(100 * (coalesce(comparable, 0) - antes_venta) / nullif(greatest(antes_venta, 0), 0), 1) AS variacion,
           coalesce(dias_comparados, 0) AS dias_comparados, coalesce(dias, 0) AS dias, coalesce(incompleto, false) AS incompleto
      FROM (SELECT id, nombre, ${COLUMNAS}, dias_comparados, dias, incompleto FROM sumas
            UNION ALL
            SELECT NULL, NULL, ${COLUMNAS}, dias_comparados, dias, incompleto FROM total) AS s
  ), ordenadas AS (
    SELECT *, CASE WHEN id IS NOT NULL THEN ${numero(orden, { venta: 'venta', unidades: 'unidades', margen: 'margen' })} END AS n, ${texto(orden, 'nombre')} AS t
      FROM medidas
  )
  SELECT id, nombre, unidades::float8, kilos::float8, venta::float8 AS "ventaUsd", utilidad::float8 AS "utilidadUsd", margen::float8 AS "margenPct",
         facturas::float8, ticket::float8 AS "ticketUsd", comparable::float8 AS "comparableUsd", antes_venta::float8 AS "antesUsd",
         antes_unidades::float8 AS "antesUnidades", antes_kilos::float8 AS "antesKilos", variacion::float8 AS "variacionPct",
         dias_comparados::integer AS "diasComparados", dias::integer, incompleto, n::text, t,
         CASE WHEN id IS NULL THEN (SELECT json_agg(h) FROM dias CROSS JOIN LATERAL (VALUES (abiertos), (desconocidos)) AS j (h) WHERE h IS NOT NULL) END AS huecos
    FROM ordenadas o
   WHERE id IS NULL OR ${DESPUES}
   ORDER BY id IS NOT NULL, ${EN_ORDEN}
   LIMIT $13::integer + 1`;

/** The name and the text of the statement of a level in an order; stores are summed from their days, or from what they sold of one category. */
export function ventasStatement(
  nivel: Nivel,
  orden: Orden,
  ofCategory: boolean,
): { readonly name: string; readonly text: string } {
  const pregunta = nivel === 'tienda' && !ofCategory ? 'dias' : nivel;
  return { name: `ventas-${pregunta}-${orden}`, text: statement(pregunta, orden) };
}
