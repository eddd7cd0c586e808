import type { ProbedLinea, Probed } from './probe-klk.ts';
import { countOf } from '../output/amounts.ts';

/** What an answer implies: as the program supposes, against it, or nothing yet. */
export interface Implication {
  readonly tema: string;
  readonly conclusion: 'como se supone' | 'distinto' | 'sin saber';
  readonly texto: string;
}

const finding = (tema: string, conclusion: Implication['conclusion'], texto: string): Implication => ({
  tema,
  conclusion,
  texto,
});

/** What can be said of a question that KLK did not answer. */
const unanswered = (tema: string, { error }: Probed): Implication =>
  finding(
    tema,
    'sin saber',
    error === undefined
      ? 'KLK contesta sin lista de ventas'
      : `sin respuesta: ${error.codigo}: ${error.mensaje}`,
  );

/** Whether `meta` repeats the question, and announces as many lines as come. */
export function judgeMeta(sondeada: Probed): Implication {
  const tema = 'Lo que KLK repite de la pregunta';
  const { meta, pregunta, lineas } = sondeada;
  if (lineas === undefined) return unanswered(tema, sondeada);
  const echo = (key: string): string => (typeof meta[key] === 'string' ? meta[key].trim() : '');
  const wrong = [
    ...(echo('sucursal_codigo') === pregunta.sucursal ? [] : ['sucursal_codigo']),
    ...(['fecha_desde', 'fecha_hasta'] as const).filter((key) => echo(key) !== pregunta[key]),
    ...(['hora_desde', 'hora_hasta'] as const).filter(
      (key) => echo(key).slice(0, 5) !== pregunta[key].slice(0, 5),
    ),
    ...(Number(meta['total_registros']) === lineas.length ? [] : ['total_registros']),
  ];
  return wrong.length === 0
    ? finding(
        tema,
        'como se supone',
        `sucursal, días y horas, y total_registros es el número de líneas (${lineas.length})`,
      )
    : finding(
        tema,
        'distinto',
        `no repite bien ${wrong.join(', ')}: las respuestas se rechazarían; avise a desarrollo`,
      );
}

/** Whether the answer has lines that were not asked for. */
export function judgeHoras(sondeada: Probed): Implication {
  const tema = 'Horas pedidas';
  const { lineas, pregunta } = sondeada;
  if (lineas === undefined) return unanswered(tema, sondeada);
  if (lineas.length === 0) return finding(tema, 'sin saber', 'no hay ventas a esas horas; pruebe con --dia');
  const outside = lineas.filter(
    ({ fecha, hora }) =>
      fecha !== pregunta.fecha_desde ||
      hora.slice(0, 8) < pregunta.hora_desde ||
      hora.slice(0, 8) > pregunta.hora_hasta,
  );
  return outside.length === 0
    ? finding(
        tema,
        'como se supone',
        `las ${lineas.length} líneas son de las horas pedidas, según su propia hora`,
      )
    : finding(
        tema,
        'distinto',
        `${countOf(outside.length, 'línea es', 'líneas son')} de otras horas, como ${momentOf(outside[0])}: KLK no filtra como se supone`,
      );
}

/** Whether hours filter each day by itself or are the ends of one interval, by a question over two days. */
export function judgeDosDias(sondeada: Probed): Implication {
  const tema = 'Horas de cada día o de un intervalo';
  const { lineas, pregunta } = sondeada;
  if (lineas === undefined) return unanswered(tema, sondeada);
  const between = lineas.filter(
    ({ hora }) => hora.slice(0, 8) < pregunta.hora_desde || hora.slice(0, 8) > pregunta.hora_hasta,
  );
  if (between.length > 0) {
    return finding(
      tema,
      'distinto',
      `son los extremos de un solo intervalo: viene ${momentOf(between[0])}. El programa pide un solo día cada vez, así que no le afecta`,
    );
  }
  const dias = new Set(lineas.map(({ fecha }) => fecha)).size;
  return dias < 2
    ? finding(tema, 'sin saber', 'no hay ventas de los dos días a esas horas; pruebe con --dia')
    : finding(tema, 'como se supone', 'filtran cada día por separado');
}

/** Whether the second that `hora_hasta` names is part of the answer, by a question that ends in the second of a known line. */
export function judgeUltimoSegundo(known: ProbedLinea, sondeada: Probed): Implication {
  const tema = 'Último segundo';
  if (sondeada.lineas === undefined) return unanswered(tema, sondeada);
  const found = sondeada.lineas.some(
    ({ factura, linea }) => factura === known.factura && linea === known.linea,
  );
  return found
    ? finding(
        tema,
        'como se supone',
        `hora_hasta lo incluye (${known.hora}): el programa deja esas líneas para el tramo siguiente`,
      )
    : finding(
        tema,
        'distinto',
        `hora_hasta no lo incluye (${known.hora}): lo que se venda a las 23:59:59 no llegaría nunca; avise a desarrollo`,
      );
}

/** Returns as negative lines. */
export function judgeDevoluciones(
  sondeadas: readonly Probed[],
  negativasEnBase: number | undefined,
): Implication {
  const tema = 'Devoluciones';
  const negativas = sondeadas.flatMap(({ lineas }) => lineas ?? []).filter(({ negativa }) => negativa).length;
  if (negativas > 0) {
    return finding(
      tema,
      'como se supone',
      `vienen como líneas negativas (${negativas} en estas respuestas): se guardan`,
    );
  }
  if (negativasEnBase !== undefined && negativasEnBase > 0) {
    return finding(
      tema,
      'como se supone',
      `vienen como líneas negativas: la base tiene ${negativasEnBase} de los últimos 7 días`,
    );
  }
  return finding(
    tema,
    'sin saber',
    'ninguna línea negativa en estas respuestas; pida en la tienda el día de una devolución y pruebe con --dia',
  );
}

/** Lines that come twice in one answer. */
export function judgeRepetidas(sondeadas: readonly Probed[]): Implication {
  const tema = 'Líneas repetidas';
  const repeated = sondeadas.flatMap(({ lineas = [] }) =>
    [...Map.groupBy(lineas, ({ factura, linea }) => `${factura} ${linea}`).values()].filter(
      ({ length }) => length > 1,
    ),
  );
  const different = repeated.filter((lineas) => new Set(lineas.map(({ texto }) => texto)).size > 1);
  if (repeated.length === 0) return finding(tema, 'como se supone', 'ninguna en estas respuestas');
  return different.length === 0
    ? finding(
        tema,
        'como se supone',
        `${countOf(repeated.length, 'se repite', 'se repiten')} sin diferencias: cuentan una vez`,
      )
    : finding(
        tema,
        'distinto',
        `${different.length} de ${repeated.length} se repiten con valores distintos, como ${different[0]?.[0]?.factura ?? ''}: van a cuarentena`,
      );
}

/** Whether the same question has the same answer. */
export function judgeRepeticion(first: Probed, second: Probed): Implication {
  const tema = 'La misma pregunta otra vez';
  if (first.lineas === undefined) return unanswered(tema, first);
  if (second.lineas === undefined) return unanswered(tema, second);
  const before = new Set(first.lineas.map(({ texto }) => texto));
  const after = new Set(second.lineas.map(({ texto }) => texto));
  const [gone, added] = [
    [...before].filter((texto) => !after.has(texto)).length,
    [...after].filter((texto) => !before.has(texto)).length,
  ];
  return gone + added === 0
    ? finding(tema, 'como se supone', 'contesta lo mismo')
    : finding(tema, 'distinto', `enseguida contesta otra cosa: ${gone} líneas menos y ${added} más`);
}

/** What the ledger holds of the hour that was asked for. */
export interface HeldHora {
  /** Invoice and line number, `C1-1 3`. */
  readonly lineas: readonly string[];
  /** The oldest reading of the slices that hold the hour; null when one was never read. */
  readonly leido: Date | null;
}

/** Whether lines appeared or vanished since the database read the same hour. */
export function judgeTardanza(
  sondeada: Probed,
  base: HeldHora | undefined,
  toText: (date: Date) => string,
): Implication {
  const tema = 'Líneas que llegan o se van después';
  const { lineas, pregunta } = sondeada;
  if (lineas === undefined) return unanswered(tema, sondeada);
  if (base === undefined)
    return finding(
      tema,
      'sin saber',
      'sin base no hay con qué comparar; repita esto otro día: se ve en cuántas líneas da la misma hora',
    );
  if (base.leido === null)
    return finding(tema, 'sin saber', 'la base todavía no leyó esa hora; cárguela y repita esto otro día');
  const inside = lineas.filter(({ hora }) => hora.slice(0, 8) < pregunta.hora_hasta);
  const klk = new Set(inside.map(({ factura, linea }) => `${factura} ${linea}`));
  const held = new Set(base.lineas);
  const late = [...klk].filter((key) => !held.has(key)).length;
  const gone = [...held].filter((key) => !klk.has(key)).length;
  return finding(
    tema,
    'como se supone',
    late + gone === 0
      ? `ninguna desde que la base leyó esa hora, el ${toText(base.leido)}`
      : `desde que la base leyó esa hora, el ${toText(base.leido)}, llegaron ${late} y se fueron ${gone}: las relecturas las recogen`,
  );
}

/** How KLK answers where nothing was sold. */
export function judgeVacia(sondeada: Probed): Implication {
  const tema = 'Cuando no hay ventas';
  const { lineas, meta } = sondeada;
  if (lineas === undefined) return { ...unanswered(tema, sondeada), conclusion: 'distinto' };
  if (lineas.length > 0)
    return finding(tema, 'sin saber', `sí las hay de madrugada: ${lineas.length} líneas`);
  return Number(meta['total_registros']) === 0 && meta['total_registros'] !== ''
    ? finding(tema, 'como se supone', 'lista vacía con total_registros 0: se cree')
    : finding(
        tema,
        'distinto',
        'lista vacía sin total_registros 0: no se cree, y esas horas quedarían siempre fallidas; avise a desarrollo',
      );
}

/** How KLK answers about a branch that does not exist. */
export function judgeDesconocida({ lineas, error }: Probed): Implication {
  const tema = 'Sucursal que no existe';
  if (error !== undefined) return finding(tema, 'como se supone', `la rechaza (${error.codigo})`);
  if (lineas === undefined)
    return finding(tema, 'como se supone', 'contesta sin lista de ventas: se rechaza');
  return lineas.length > 0
    ? finding(
        tema,
        'distinto',
        'contesta ventas de otra: un código mal escrito en tiendas.json cargaría ventas ajenas; avise a desarrollo',
      )
    : finding(
        tema,
        'como se supone',
        'contesta como si no hubiera ventas; por eso «tiendas» compara cada sucursal del catálogo con las de KLK',
      );
}

/** How far back there are sales. */
export function judgeHistoria(dias: readonly Probed[]): Implication {
  const tema = 'Hasta dónde llega la historia';
  const counts = dias.map(
    ({ pregunta, lineas }) => `${pregunta.fecha_desde}: ${lineas?.length ?? 'sin respuesta'}`,
  );
  const oldest = dias.findLast(({ lineas = [] }) => lineas.length > 0);
  return finding(
    tema,
    oldest === undefined ? 'sin saber' : 'como se supone',
    oldest === undefined
      ? `ninguna venta en los días probados (${counts.join(', ')})`
      : `hay ventas al menos desde el ${oldest.pregunta.fecha_desde} (líneas en media hora, ${counts.join(', ')})`,
  );
}

/** How long KLK takes, and how large its lines are. */
export function judgeTamanos(sondeadas: readonly Probed[]): Implication {
  const tema = 'Tamaños y tiempos';
  const answered = sondeadas.filter(({ lineas }) => lineas !== undefined && lineas.length > 0);
  if (answered.length === 0) return finding(tema, 'sin saber', 'ninguna respuesta con líneas');
  const sum = (valueOf: (sondeada: Probed) => number): number =>
    answered.reduce((total, one) => total + valueOf(one), 0);
  const lineas = sum((one) => one.lineas?.length ?? 0);
  return finding(
    tema,
    'como se supone',
    `${Math.round(sum(({ bytes }) => bytes) / lineas)} bytes por línea; la respuesta más lenta, ${Math.max(...answered.map(({ ms }) => ms))} ms`,
  );
}

const momentOf = (linea: ProbedLinea | undefined): string =>
  linea === undefined ? '' : `${linea.fecha} ${linea.hora.slice(0, 8)}`;
