import { addDias } from '../../lambdas/core/time/dia.ts';

/** Answers of the API, written by hand. It is 10:40 in Caracas on Sunday, 29 November 2026. */
export const NOW = '2026-11-29T10:40:00-04:00';
const TODAY = '2026-11-29';

const FERIAS = { id: 'tienda_10', nombre: 'FERIAS' };
const TAZAJAL = { id: 'tienda_20', nombre: 'TAZAJAL' };
const PERIFERICO = { id: 'tienda_01', nombre: 'PERIFERICO' };
const BOSQUE = { id: 'tienda_08', nombre: 'BOSQUE' };
const TIENDAS = [PERIFERICO, BOSQUE, FERIAS, TAZAJAL];

export const HARINA = {
  codigo: '000123',
  nombre: 'HARINA DE MAIZ BLANCO 1 KG',
  categoria: 'VIVERES',
  marca: 'LA NUESTRA',
};
const QUESO = {
  codigo: '004501',
  nombre: 'QUESO BLANCO SEMIDURO',
  categoria: 'CHARCUTERIA',
  marca: 'LOS ANDES',
};

/** What every answer carries. */
export const SOBRE = {
  datosHasta: {
    existencias: '2026-11-29T10:28:00-04:00',
    ventas: '2026-11-29T10:32:00-04:00',
    sinCargar: [],
  },
  cobertura: {
    completa: true,
    huecos: [
      { tienda: TAZAJAL.id, dia: '2026-11-28', estado: 'provisional' },
      { tienda: TAZAJAL.id, dia: TODAY, estado: 'provisional' },
    ],
  },
  tasa: { bsPorUsd: 245.3, dia: '2026-11-28' },
};

const PAGINA = { ...SOBRE, siguiente: null };

/** The same answer with sales missing. */
export const INCOMPLETE = {
  completa: false,
  huecos: [
    { tienda: TAZAJAL.id, dia: '2026-11-27', estado: 'falta' },
    { tienda: TAZAJAL.id, dia: '2026-11-26', estado: 'fallido' },
    { tienda: BOSQUE.id, dia: '2026-11-28', estado: 'provisional' },
  ],
};

export const SESION = { rol: 'comprador', tiendas: TIENDAS, nombres: TIENDAS };
export const CATEGORIAS = {
  filas: [
    { nombre: 'CHARCUTERIA', articulos: 210 },
    { nombre: 'VIVERES', articulos: 1840 },
  ],
};

export const HOY = {
  ...PAGINA,
  filas: TIENDAS.map((tienda, index) => ({
    tienda,
    tipo: 'tienda',
    sinCargar: [],
    existenciasHasta: index === 3 ? '2026-11-29T07:05:00-04:00' : '2026-11-29T10:28:00-04:00',
    articulos: 6120 + index * 311,
    agotados: 412 + index * 37,
    negativos: index * 9,
    ventasHasta: '2026-11-29T10:32:00-04:00',
    hoy: { ventaUsd: 1000 + index * 250, facturas: 120 + index * 31 },
    habitual:
      index === 3 ? null : { ventaUsd: 800 + index * 300, facturas: 110 + index * 30, dia: '2026-11-22' },
    variacionPct: index === 3 ? null : [25, 13.6, 7.1][index],
    diasIncompletos: index === 3 ? ['2026-11-26', '2026-11-27'] : [],
  })),
  destacados: [
    {
      articulo: HARINA,
      ventas28Usd: 1840.5,
      sinExistenciaDesde: '2026-11-28T16:02:00-04:00',
      desdeConocido: true,
      tienda: TAZAJAL.id,
      incompleto: true,
    },
    {
      articulo: QUESO,
      ventas28Usd: 970.2,
      sinExistenciaDesde: '2026-11-29T09:31:00-04:00',
      desdeConocido: false,
      tienda: FERIAS.id,
      incompleto: false,
    },
  ],
};

const NAMES = [
  'HARINA DE MAIZ BLANCO 1 KG',
  'ARROZ TIPO I 900 G',
  'PASTA LARGA 500 G',
  'ACEITE DE GIRASOL 850 ML',
  'CAFE MOLIDO GOURMET 500 G',
  'AZUCAR REFINADA 1 KG',
  'LECHE COMPLETA EN POLVO 900 G',
  'QUESO BLANCO SEMIDURO',
  'JAMON DE PIERNA SUPERIOR',
  'DETERGENTE EN POLVO FLORAL CON SUAVIZANTE 2,7 KG',
];

/** So many articles after each other, as a page of stock. */
export const existencias = (from: number, count: number): readonly object[] =>
  Array.from({ length: count }, (_, index) => {
    const n = from + index;
    const sold = n % 7 === 6 ? 0 : (n * 13) % 240;
    const kilos = n % 10 === 7 || n % 10 === 8;
    const cantidad = n % 9 === 5 ? 0 : n % 23 === 11 ? -3 : kilos ? 12.345 + n : 4 + ((n * 37) % 1300);
    return {
      tienda: TIENDAS[n % TIENDAS.length],
      almacen: 'APP',
      articulo: {
        codigo: String(n + 100).padStart(6, '0'),
        nombre: NAMES[n % NAMES.length],
        categoria: kilos ? 'CHARCUTERIA' : 'VIVERES',
        marca: n % 3 === 0 ? 'LA NUESTRA' : 'LOS ANDES',
      },
      cantidad,
      desde: `2026-11-${String(29 - (n % 12)).padStart(2, '0')}T09:${String(10 + (n % 45))}:00-04:00`,
      precioUsd: 0.85 + (n % 40) * 0.45,
      iva: 16,
      ventas7: kilos ? sold / 4 + 0.125 : Math.floor(sold / 4),
      ventas28: kilos ? sold + 0.5 : sold,
      unidad: kilos ? 'kg' : 'und',
      diasCobertura: sold === 0 ? null : Math.max(0, Math.round((cantidad * 280) / sold) / 10),
      otras: TIENDAS.slice(0, n % 5).map(({ id }, other) => ({ tienda: id, cantidad: 18 - other * 5 })),
      incompleto: false,
    };
  });

export const AGOTADOS = {
  ...PAGINA,
  total: { articulos: 312, usdNoVendidos: 4210.75, incompleto: false },
  filas: [
    {
      tienda: TAZAJAL,
      almacen: 'TTZ',
      articulo: HARINA,
      cantidad: 0,
      desde: '2026-11-28T16:02:00-04:00',
      desdeConocido: true,
      horas: 15.1,
      unidad: 'und',
      ventaDiaria: 64.321,
      unidadesNoVendidas: 40.469,
      usdNoVendidos: 44.52,
      ultimoPrecioUsd: 1.1,
      ultimaVenta: '2026-11-28',
      otras: [
        { tienda: FERIAS.id, cantidad: 240 },
        { tienda: BOSQUE.id, cantidad: 18 },
        { tienda: PERIFERICO.id, cantidad: 7 },
      ],
      incompleto: false,
    },
    {
      tienda: FERIAS,
      almacen: 'TFER',
      articulo: QUESO,
      cantidad: -1.25,
      desde: '2026-09-30T08:00:00-04:00',
      desdeConocido: false,
      horas: 1442.5,
      unidad: 'kg',
      ventaDiaria: 0.18,
      unidadesNoVendidas: 10.819,
      usdNoVendidos: 30.1,
      ultimoPrecioUsd: 6.45,
      ultimaVenta: '2026-09-29',
      otras: [],
      incompleto: true,
    },
  ],
};

export const comparacion = {
  ventaUsd: 900,
  unidades: 700,
  kilos: 60,
  ventaComparableUsd: 999.9,
  variacionPct: 11.1,
  diasComparados: 1,
  dias: 1,
};
export const total = (ventaUsd: number, changes: object = {}): object => ({
  unidades: 812,
  kilos: 71.25,
  ventaUsd,
  utilidadUsd: ventaUsd * 0.2,
  margenPct: 20.4,
  facturas: 340,
  ticketUsd: 9.87,
  comparacion,
  incompleto: false,
  ...changes,
});
export const venta = (id: string, nombre: string, ventaUsd: number, changes: object = {}): object => ({
  clave: { id, nombre },
  ...total(ventaUsd, changes),
});
const ventas = {
  ...PAGINA,
  periodo: { desde: '2026-11-28', hasta: '2026-11-28' },
  anterior: { desde: '2026-11-21', hasta: '2026-11-21' },
};

export const VENTAS: Readonly<Record<string, object>> = {
  tienda: {
    ...ventas,
    total: total(13400, { utilidadUsd: 2680 }),
    filas: [
      venta(FERIAS.id, FERIAS.nombre, 5400.4),
      venta(PERIFERICO.id, PERIFERICO.nombre, 4600, {
        comparacion: { ...comparacion, ventaUsd: 5000, variacionPct: -8 },
      }),
      venta(BOSQUE.id, BOSQUE.nombre, 2100, { margenPct: null, utilidadUsd: null }),
      venta(TAZAJAL.id, TAZAJAL.nombre, 1300, {
        comparacion: { ...comparacion, ventaUsd: 0, variacionPct: null, diasComparados: 0 },
        incompleto: true,
      }),
    ],
  },
  categoria: {
    ...ventas,
    total: total(5400.4, { facturas: null, ticketUsd: null }),
    filas: [
      venta('VIVERES', 'VIVERES', 3900, { facturas: null, ticketUsd: null }),
      venta('CHARCUTERIA', 'CHARCUTERIA', 1500.4, { facturas: null, ticketUsd: null }),
    ],
  },
  articulo: {
    ...ventas,
    total: total(3900),
    filas: [venta(HARINA.codigo, HARINA.nombre, 210.35), venta(QUESO.codigo, QUESO.nombre, 98.1)],
  },
};

const DAYS = Array.from({ length: 28 }, (_, index) => addDias('2026-11-01', index));

export const ARTICULO = {
  ...SOBRE,
  articulo: { ...HARINA, codigoBarras: '7590000001237', presentacion: 'PAQUETE 1 KG', unidad: 'und' },
  tienda: TAZAJAL,
  periodo: { desde: '2026-11-01', hasta: '2026-11-28' },
  tiendas: [
    {
      tienda: TAZAJAL,
      almacen: 'TTZ',
      cantidad: 0,
      desde: '2026-11-28T16:02:00-04:00',
      sinExistencia: { desde: '2026-11-24T07:00:00-04:00', desdeConocido: true },
      precioUsd: 1.1,
      ventas28: 1801,
      diasCobertura: 0,
      incompleto: false,
    },
    {
      tienda: FERIAS,
      almacen: 'TFER',
      cantidad: 240,
      desde: '2026-11-29T09:58:00-04:00',
      sinExistencia: null,
      precioUsd: 1.1,
      ventas28: 1420,
      diasCobertura: 4.7,
      incompleto: true,
    },
    {
      tienda: BOSQUE,
      almacen: 'APP-TBQ',
      cantidad: 18,
      desde: null,
      sinExistencia: null,
      precioUsd: null,
      ventas28: null,
      diasCobertura: null,
      incompleto: null,
    },
  ],
  existencias: [
    {
      almacen: 'TTZ',
      pasos: DAYS.flatMap((dia, index) => [
        [`${dia}T08:00:00-04:00`, index % 7 === 0 ? 480 - index * 3 : Math.max(0, 480 - (index % 7) * 66)],
        [`${dia}T16:00:00-04:00`, index === 12 ? null : Math.max(0, 450 - (index % 7) * 66)],
      ]),
    },
  ],
  ventas: DAYS.map((dia, index) => ({
    dia,
    unidades: index === 26 ? 0 : 52 + ((index * 17) % 40),
    kilos: 0,
    ventaUsd: index === 26 ? 0 : 57.2 + ((index * 17) % 40) * 1.1,
    facturas: index === 26 ? 0 : 31 + (index % 9),
    estado: index === 26 ? 'falta' : index === 27 ? 'provisional' : 'completo',
  })),
  movimientos: [
    {
      almacen: 'TTZ',
      desde: '2026-11-20T11:30:00-04:00',
      hasta: '2026-11-20T12:00:00-04:00',
      diferencia: -2,
    },
    {
      almacen: 'TTZ',
      desde: '2026-11-22T07:30:00-04:00',
      hasta: '2026-11-22T08:00:00-04:00',
      diferencia: 460,
    },
  ],
  precios: [{ fecha: '2026-11-15T08:00:00-04:00', almacen: 'TTZ', anterior: 1.05, nuevo: 1.1 }],
};

export const DESCUADRES = {
  ...PAGINA,
  periodo: { desde: '2026-11-28', hasta: '2026-11-28' },
  intervalos: { comparados: 182, sinComparar: 10 },
  filas: [
    {
      tienda: TAZAJAL,
      almacen: 'TTZ',
      articulo: HARINA,
      unidad: 'und',
      antes: 20,
      despues: 480,
      vendido: 52,
      diferencia: 512,
      usd: 563.2,
      incompleto: false,
    },
    {
      tienda: FERIAS,
      almacen: 'TFER',
      articulo: QUESO,
      unidad: 'kg',
      antes: 31.5,
      despues: 18.25,
      vendido: 9.1,
      diferencia: -4.15,
      usd: -26.77,
      incompleto: true,
    },
  ],
  negativas: [
    {
      tienda: FERIAS,
      almacen: 'TFER',
      articulo: QUESO,
      unidad: 'kg',
      cantidad: -1.25,
      desde: '2026-11-29T09:31:00-04:00',
      factura: { numero: 'F10-0012345', momento: '2026-11-29T09:24:00-04:00', cantidad: 2.5 },
    },
    {
      tienda: TAZAJAL,
      almacen: 'TTZ',
      articulo: HARINA,
      unidad: 'und',
      cantidad: -3,
      desde: '2026-11-28T16:02:00-04:00',
      factura: null,
    },
  ],
};

const MONTH = Array.from({ length: 30 }, (_, index) => addDias('2026-11-01', index));
const stateAt = (tienda: string, dia: string): string | null => {
  if (dia > TODAY) return 'futuro';
  if (dia === TODAY) return 'abierto';
  if (dia >= '2026-11-27') return tienda === TAZAJAL.id && dia === '2026-11-27' ? 'falta' : 'provisional';
  if (tienda === TAZAJAL.id && dia === '2026-11-26') return 'fallido';
  return tienda === BOSQUE.id && dia < '2026-11-04' ? null : 'completo';
};

export const DATOS = {
  ...SOBRE,
  mes: '2026-11',
  cobertura: INCOMPLETE,
  dias: MONTH,
  tiendas: TIENDAS.map((tienda) => ({ tienda, estados: MONTH.map((dia) => stateAt(tienda.id, dia)) })),
  ejecuciones: [
    {
      id: 'b1',
      flujo: 'ventas',
      origen: 'programada',
      estado: 'parcial',
      inicio: '2026-11-29T10:32:00-04:00',
      fin: '2026-11-29T10:34:10-04:00',
      error: null,
    },
    {
      id: 'a1',
      flujo: 'inventario',
      origen: 'programada',
      estado: 'exitosa',
      inicio: '2026-11-29T10:28:00-04:00',
      fin: '2026-11-29T10:28:42-04:00',
      error: null,
    },
    {
      id: 'a0',
      flujo: 'inventario',
      origen: 'manual',
      estado: 'fallida',
      inicio: '2026-11-29T09:58:00-04:00',
      fin: null,
      error: {
        codigo: 'SECRETO_INACCESIBLE',
        mensaje: null,
        remedio: 'Revise el secreto y su permiso.',
      },
    },
  ],
  fallas: [
    {
      tienda: TAZAJAL,
      flujo: 'ventas',
      codigo: 'KLK_OTRO_TRAMO',
      mensaje: 'KLK contestó ventas de otras horas que las pedidas.',
      desde: '2026-11-26T08:02:00-04:00',
      remedio: 'Se vuelve a pedir en cada carga. Si mañana sigue igual, avise a quien mantiene KLK.',
    },
  ],
};
