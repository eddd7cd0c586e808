/** A department of the supermarket, with the names its articles are made of. */
export interface Categoria {
  codigo: string;
  nombre: string;
  subgrupo: string;
  grupo: string;
  /** Sold by weight: fractional stock, and no brand or size in the name. */
  porPeso: boolean;
  productos: readonly string[];
}

export const CATEGORIAS: readonly Categoria[] = [
  {
    codigo: '08',
    nombre: 'FRUVER',
    subgrupo: '1',
    grupo: 'POR PESO',
    porPeso: true,
    productos: ['ROMERO', 'PIÑA', 'AJÍ DULCE', 'CAMBUR', 'ÑAME', 'PIMENTÓN', 'AUYAMA'],
  },
  {
    codigo: '01',
    nombre: 'CHARCUTERIA',
    subgrupo: '4',
    grupo: 'QUESOS Y EMBUTIDOS',
    porPeso: true,
    productos: ['JAMON ESPALDA AHUM.', 'QUESO AMARILLO', 'QUESO PAISA', 'MORTADELA', 'TOCINETA AHUMADA'],
  },
  {
    codigo: '02',
    nombre: 'CARNICERIA',
    subgrupo: '2',
    grupo: 'RES, CERDO Y POLLO',
    porPeso: true,
    productos: [
      'SOLOMO DE CUERITO',
      'MUSLO DE POLLO',
      'CHULETA DE CERDO',
      'LAGARTO SIN HUESO',
      'MOLIDA DE PRIMERA',
    ],
  },
  {
    codigo: '10',
    nombre: 'VÍVERES',
    subgrupo: '99',
    grupo: 'DE TRIGO',
    porPeso: false,
    productos: ['PASTA CORTA', 'PASTA VERMICELLI', 'HARINA DE TRIGO', 'SÉMOLA', 'PAN TOSTADO'],
  },
  {
    codigo: '11',
    nombre: 'VÍVERES',
    subgrupo: '3',
    grupo: 'GRANOS Y AZÚCAR',
    porPeso: false,
    productos: ['HARINA DE MAÍZ', 'ARROZ', 'CARAOTA NEGRA', 'AZÚCAR', 'CAFÉ MOLIDO', 'LENTEJA'],
  },
  {
    codigo: '12',
    nombre: 'LACTEOS',
    subgrupo: '7',
    grupo: 'REFRIGERADOS',
    porPeso: false,
    productos: ['LECHE COMPLETA', 'YOGURT DE FRESA', 'MANTEQUILLA', 'NATILLA ÑANDÚ', 'CREMA DE LECHE'],
  },
  {
    codigo: '20',
    nombre: 'LIMPIEZA',
    subgrupo: '5',
    grupo: 'HOGAR',
    porPeso: false,
    productos: ['JABÓN EN PANELA', 'CLORO', 'DESINFECTANTE "PINO"', 'LAVAPLATOS', 'SUAVIZANTE'],
  },
  {
    codigo: '30',
    nombre: 'BEBIDAS',
    subgrupo: '6',
    grupo: 'REFRESCOS Y JUGOS',
    porPeso: false,
    productos: ['REFRESCO DE COLA', 'JUGO DE DURAZNO', 'MALTA', 'TÉ FRÍO DE LIMÓN', 'BEBIDA DE AVENA'],
  },
];

export const MARCAS: readonly string[] = [
  'DRAGOS',
  'KEMMENTAL',
  'LA GRANJA',
  'DOÑA ELENA',
  'EL ÁVILA',
  'CARABOBO',
  'SEÑORIAL',
  "D'ORO",
  'TRES ESTRELLAS',
];

export const PRESENTACIONES: readonly string[] = [
  '250 G',
  '500 G',
  '1 KG',
  '900 ML',
  '1,5 L',
  '2 L',
  'PAQ 6 UND',
  'UND',
];
