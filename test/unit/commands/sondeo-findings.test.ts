import { describe, expect, it } from '@jest/globals';
import {
  judgeDesconocida,
  judgeDevoluciones,
  judgeDosDias,
  judgeHistoria,
  judgeHoras,
  judgeMeta,
  judgeRepeticion,
  judgeRepetidas,
  judgeTamanos,
  judgeTardanza,
  judgeUltimoSegundo,
  judgeVacia,
} from '../../../bin/commands/sondeo-findings.ts';
import type { Implication } from '../../../bin/commands/sondeo-findings.ts';
import type { ProbedLinea, Probed } from '../../../bin/commands/probe-klk.ts';

const PREGUNTA = {
  sucursal: 'SUC001',
  fecha_desde: '2026-11-23',
  fecha_hasta: '2026-11-23',
  hora_desde: '12:00:00',
  hora_hasta: '13:00:00',
};

const META = {
  sucursal_codigo: 'SUC001',
  fecha_desde: '2026-11-23',
  fecha_hasta: '2026-11-23',
  hora_desde: '12:00',
  hora_hasta: '13:00',
  total_registros: 1,
};

const linea = (cambios: Partial<ProbedLinea> = {}): ProbedLinea => ({
  factura: 'C10-1',
  linea: '1',
  fecha: '2026-11-23',
  hora: '12:19:56.8966141',
  negativa: false,
  texto: JSON.stringify(cambios),
  ...cambios,
});

const sondeada = (cambios: Partial<Probed> = {}): Probed => ({
  pregunta: PREGUNTA,
  ms: 20,
  bytes: 1360,
  lineas: [linea()],
  meta: META,
  error: undefined,
  ...cambios,
});

const SILENT = sondeada({
  lineas: undefined,
  error: { codigo: 'KLK_SIN_RESPUESTA', mensaje: 'nada en 30 s' },
});
const DOS_DIAS = { ...PREGUNTA, fecha_desde: '2026-11-22' };
const AYER = linea({ fecha: '2026-11-22', factura: 'C10-0' });
const LEIDO = new Date('2026-11-24T12:00:00Z');
const toText = (date: Date): string => date.toISOString();

describe('What an answer of KLK implies', () => {
  it.each<[string, Implication, Implication['conclusion'], string]>([
    ['the question is repeated', judgeMeta(sondeada()), 'como se supone', 'total_registros'],
    [
      'another branch is named',
      judgeMeta(sondeada({ meta: { ...META, sucursal_codigo: 'SUC002' } })),
      'distinto',
      'sucursal_codigo',
    ],
    ['too few lines come', judgeMeta(sondeada({ lineas: [] })), 'distinto', 'total_registros'],
    ['no answer about the echo', judgeMeta(SILENT), 'sin saber', 'KLK_SIN_RESPUESTA: nada en 30 s'],
    ['the hours asked for', judgeHoras(sondeada()), 'como se supone', '1 líneas'],
    [
      'a line at another hour',
      judgeHoras(sondeada({ lineas: [linea({ hora: '14:00:00.1' })] })),
      'distinto',
      '2026-11-23 14:00:00',
    ],
    ['no sales at those hours', judgeHoras(sondeada({ lineas: [] })), 'sin saber', '--dia'],
    [
      'hours of each of two days',
      judgeDosDias(sondeada({ pregunta: DOS_DIAS, lineas: [AYER, linea()] })),
      'como se supone',
      'cada día por separado',
    ],
    [
      'hours as the ends of an interval',
      judgeDosDias(
        sondeada({ pregunta: DOS_DIAS, lineas: [linea({ fecha: '2026-11-22', hora: '20:00:00' })] }),
      ),
      'distinto',
      'un solo intervalo',
    ],
    ['sales of only one of two days', judgeDosDias(sondeada({ pregunta: DOS_DIAS })), 'sin saber', '--dia'],
    ['the last second is there', judgeUltimoSegundo(linea(), sondeada()), 'como se supone', 'lo incluye'],
    [
      'the last second is not there',
      judgeUltimoSegundo(linea(), sondeada({ lineas: [] })),
      'distinto',
      '23:59:59',
    ],
    [
      'a negative line',
      judgeDevoluciones([sondeada({ lineas: [linea({ negativa: true })] })], undefined),
      'como se supone',
      'negativas (1',
    ],
    [
      'negative lines in the database',
      judgeDevoluciones([sondeada()], 3),
      'como se supone',
      'la base tiene 3',
    ],
    [
      'no negative line anywhere',
      judgeDevoluciones([sondeada()], undefined),
      'sin saber',
      'ninguna línea negativa',
    ],
    ['no repeated line', judgeRepetidas([sondeada()]), 'como se supone', 'ninguna'],
    [
      'an equal line twice',
      judgeRepetidas([sondeada({ lineas: [linea(), linea()] })]),
      'como se supone',
      '1 se repite',
    ],
    [
      'a different line under one number',
      judgeRepetidas([sondeada({ lineas: [linea(), linea({ negativa: true })] })]),
      'distinto',
      'C10-1',
    ],
    ['the same answer again', judgeRepeticion(sondeada(), sondeada()), 'como se supone', 'lo mismo'],
    [
      'another answer at once',
      judgeRepeticion(sondeada(), sondeada({ lineas: [] })),
      'distinto',
      '1 líneas menos',
    ],
    ['no database', judgeTardanza(sondeada(), undefined, toText), 'sin saber', 'sin base'],
    [
      'an hour never read',
      judgeTardanza(sondeada(), { lineas: [], leido: null }, toText),
      'sin saber',
      'todavía no leyó',
    ],
    [
      'nothing new since',
      judgeTardanza(sondeada(), { lineas: ['C10-1 1'], leido: LEIDO }, toText),
      'como se supone',
      'ninguna desde',
    ],
    [
      'late and cancelled lines',
      judgeTardanza(sondeada(), { lineas: ['C10-9 1'], leido: LEIDO }, toText),
      'como se supone',
      'llegaron 1 y se fueron 1',
    ],
    [
      'an empty answer that says 0',
      judgeVacia(sondeada({ lineas: [], meta: { total_registros: 0 } })),
      'como se supone',
      'se cree',
    ],
    [
      'an empty answer that says nothing',
      judgeVacia(sondeada({ lineas: [], meta: {} })),
      'distinto',
      'no se cree',
    ],
    ['an unknown branch refused', judgeDesconocida(SILENT), 'como se supone', 'KLK_SIN_RESPUESTA'],
    ['an unknown branch with sales', judgeDesconocida(sondeada()), 'distinto', 'ventas de otra'],
    [
      'history',
      judgeHistoria([sondeada(), sondeada({ lineas: [] })]),
      'como se supone',
      'desde el 2026-11-23',
    ],
    ['no history', judgeHistoria([sondeada({ lineas: [] })]), 'sin saber', '2026-11-23: 0'],
    [
      'sizes',
      judgeTamanos([sondeada(), SILENT]),
      'como se supone',
      '1360 bytes por línea; la respuesta más lenta, 20 ms',
    ],
  ])('%s', (_title, { conclusion, texto }, expected, part) => {
    expect({ conclusion, texto }).toEqual({ conclusion: expected, texto: expect.stringContaining(part) });
  });
});
