/** Commands that a remedy may name; `remedy.ts` writes them out for the place where they are read. */
export type Comando =
  | 'diagnostico'
  | 'tiendas'
  | 'rechazos'
  | 'estado'
  | 'migrar'
  /** A dry run of the stores that failed. */
  | 'ensayar'
  /** The run again, for the stores that failed. */
  | 'repetir'
  | 'forzar'
  /** Of the sales: which days are complete; KLK's answers against the database; what KLK means by hours. */
  | 'cobertura'
  | 'cuadrar'
  | 'sondeo';

/** What a person does about an error code, and whether a repetition may help. Nothing else decides either. */
export interface ErrorDefinition {
  /** Set when the same attempt may succeed if repeated. */
  readonly transitorio?: true;
  /** What a person does, as Spanish sentences. */
  readonly remedio: string;
  /** The commands that do it or check the result. Default: `diagnostico`. */
  readonly comandos?: readonly Comando[];
  /** Set when only the sales pipeline reports it. */
  readonly flujo?: 'ventas';
}

export const ERRORES = {
  KLK_INACCESIBLE: {
    transitorio: true,
    remedio: 'Revise que KLK esté encendido y que la red (VPN, cortafuegos) llegue a su puerto.',
  },
  KLK_SIN_RESPUESTA: {
    transitorio: true,
    remedio:
      'KLK tarda demasiado: revise la carga de su servidor; si es normal, suba KLK_TIMEOUT_MS (en AWS, en lib/stages.ts).',
    comandos: ['ensayar'],
  },
  KLK_CORTADA: {
    transitorio: true,
    remedio: 'La conexión con KLK se corta: revise la red y los proxies intermedios.',
    comandos: ['ensayar'],
  },
  KLK_DEMASIADO_GRANDE: {
    transitorio: true,
    remedio:
      'Revise qué responde KLK; si tanto es legítimo, suba KLK_MAX_BYTES (en AWS, en lib/stages.ts, junto con memoryMb).',
    comandos: ['ensayar'],
  },
  KLK_SATURADA: {
    transitorio: true,
    remedio:
      'KLK pide esperar: espere a la próxima ejecución o baje KLK_CONCURRENCIA (en AWS, en lib/stages.ts).',
    comandos: ['repetir'],
  },
  KLK_ERROR_SERVIDOR: {
    transitorio: true,
    remedio: 'KLK falla por dentro: avise a su responsable si la próxima ejecución falla igual.',
    comandos: ['repetir'],
  },
  KLK_SOLICITUD_RECHAZADA: {
    remedio:
      'Revise baseUrl, las cabeceras y el código del almacén o de la sucursal con el responsable de KLK.',
    comandos: ['ensayar'],
  },
  KLK_ERROR: {
    transitorio: true,
    remedio: 'KLK contesta con un error propio: avise a su responsable con este mensaje.',
    comandos: ['repetir'],
  },
  KLK_CONTRATO: {
    transitorio: true,
    remedio: 'La respuesta no es la documentada: revise proxies intermedios y la versión de KLK.',
    comandos: ['ensayar'],
  },
  KLK_INCOMPLETA: {
    transitorio: true,
    remedio: 'KLK entregó menos o más filas de las que anuncia: espere a la próxima ejecución.',
    comandos: ['repetir'],
  },
  KLK_OTRO_ALMACEN: {
    remedio:
      'KLK contestó con datos de otro almacén: revise el código en el catálogo y avise a su responsable.',
    comandos: ['tiendas'],
  },
  KLK_OTRA_SUCURSAL: {
    remedio:
      'KLK contestó las ventas de otra sucursal: revise sucursalKlk en el catálogo y avise a su responsable.',
    comandos: ['tiendas'],
    flujo: 'ventas',
  },
  KLK_OTRO_TRAMO: {
    remedio:
      'KLK contestó ventas de otro día u otras horas que las pedidas: vea cómo las entiende y avise a su responsable.',
    comandos: ['sondeo'],
    flujo: 'ventas',
  },
  KLK_VACIA: {
    remedio:
      'KLK no conoce ese código de almacén o no entrega sus datos: corrija el código en el catálogo o avise a su responsable.',
    comandos: ['tiendas'],
  },
  KLK_CAIDA: {
    remedio: 'KLK no contesta a nadie: revise que esté encendido y la red hasta su puerto.',
  },
  KLK_PUERTO_CERRADO: {
    remedio: 'Iguale el puerto de baseUrl y KLK_PUERTO, que es el que abre el grupo de seguridad.',
  },
  FILAS_MALAS: {
    remedio:
      'Mire las filas rechazadas (en AWS, consulta guardada filas-rechazadas) y pida a KLK que las corrija.',
    comandos: ['rechazos', 'forzar'],
  },
  SOSPECHOSO_CEROS: {
    remedio: 'Compruebe en la tienda si es verdad.',
    comandos: ['forzar'],
  },
  SOSPECHOSO_ENCOGIDO: {
    remedio: 'Compruebe en KLK si los artículos faltan de verdad.',
    comandos: ['forzar'],
  },
  SOSPECHOSO_NUEVOS: {
    remedio:
      'Compruebe en KLK si los artículos nuevos son de verdad nuevos, y no los de siempre con otro código.',
    comandos: ['forzar'],
  },
  SOSPECHOSO_CAMBIOS: {
    remedio:
      'Compruebe en la tienda si las existencias cambiaron así (un inventario físico, una entrega enorme).',
    comandos: ['forzar'],
  },
  SOSPECHOSO_VACIO: {
    remedio: 'Compruebe en la tienda si de verdad no hubo ventas a esas horas.',
    comandos: ['cuadrar', 'forzar'],
    flujo: 'ventas',
  },
  SOSPECHOSO_RETIRADAS: {
    remedio: 'Compruebe en KLK si esas facturas se anularon de verdad.',
    comandos: ['cuadrar', 'forzar'],
    flujo: 'ventas',
  },
  SOSPECHOSO_DIA_CERRADO: {
    remedio:
      'De un día cerrado no debe faltar nada: compruebe en KLK si esas facturas se anularon de verdad.',
    comandos: ['cuadrar', 'forzar'],
    flujo: 'ventas',
  },
  SECRETO_INACCESIBLE: {
    remedio: 'Revise que el secreto exista, que la función pueda leerlo y que llegue a Secrets Manager.',
  },
  SECRETO_INVALIDO: {
    remedio: 'Corrija el contenido del secreto según docs/errores.md.',
  },
  BD_INACCESIBLE: {
    transitorio: true,
    remedio: 'Revise que la base esté encendida y que su grupo de seguridad admita esta conexión.',
  },
  BD_INEXISTENTE: {
    remedio: 'Créela vacía con CREATE DATABASE, o corrija su nombre.',
  },
  BD_CREDENCIALES: {
    remedio: 'Revise el usuario y la contraseña de la base.',
  },
  BD_TLS: {
    remedio: 'Revise DB_CA_ARCHIVO y que el nombre del servidor sea el de su certificado.',
  },
  BD_INTERMEDIARIO: {
    remedio:
      'Apunte al servidor de PostgreSQL mismo (en RDS, al punto de enlace de la instancia), no a PgBouncer ni a RDS Proxy.',
  },
  BD_SIN_MIGRAR: {
    remedio:
      'Aplique las migraciones a esta base con un usuario que pueda crear tablas; en AWS lo hace el despliegue.',
    comandos: ['migrar'],
  },
  BD_SOLO_LECTURA: {
    remedio: 'Apunte al servidor principal, no a una réplica, y revise el espacio en disco.',
  },
  BD_PERMISO: {
    remedio:
      'Renueve los permisos: migre con POSTGRES_ETL_USER y POSTGRES_ETL_PASSWORD; en AWS lo hace el despliegue.',
    comandos: ['migrar'],
  },
  BD_CONEXION_PERDIDA: {
    transitorio: true,
    remedio: 'La base cortó la conexión: revise reinicios y límites del servidor.',
    comandos: ['repetir'],
  },
  BD_BLOQUEO: {
    transitorio: true,
    remedio: 'Otra sesión bloquea las tablas: busque transacciones largas en pg_stat_activity.',
    comandos: ['repetir'],
  },
  BD_TIEMPO: {
    remedio: 'Una sentencia superó su límite: revise la carga de la base.',
    comandos: ['repetir'],
  },
  BD_SIN_ESPACIO: {
    remedio: 'Amplíe el almacenamiento de la base.',
  },
  BD_ERROR: {
    remedio: 'Revise el mensaje y el registro de PostgreSQL.',
  },
  BASE_AJENA: {
    remedio:
      'Use una base vacía al lado de la existente y apunte a ella POSTGRES_DB (en AWS, dbname del secreto etl).',
    comandos: ['migrar'],
  },
  BD_PERMISO_MIGRACION: {
    remedio:
      'Ejecute la sentencia SQL del mensaje con un administrador de la base, o migre con otro usuario.',
    comandos: ['migrar'],
  },
  MIGRACION_FALLIDA: {
    remedio:
      'Corrija lo que dice el mensaje y repita la migración (en AWS, el despliegue), que sigue desde ese archivo.',
    comandos: ['migrar'],
  },
  USUARIO_ETL_INVALIDO: {
    remedio: 'Haga lo que dice el mensaje, o use para el ETL otro usuario, propio y distinto del que migra.',
    comandos: ['migrar'],
  },
  USUARIO_CONSULTAS_INVALIDO: {
    remedio:
      'Haga lo que dice el mensaje, o use para las consultas otro usuario, propio y distinto del que migra y del ETL.',
    comandos: ['migrar'],
  },
  ALMACEN_EN_CONFLICTO: {
    remedio:
      'La base lo conoce en otra tienda: corrija el catálogo, o siga «Mover un almacén a otra tienda» en docs/operacion.md.',
    comandos: ['repetir'],
  },
  SNAPSHOT_ANTIGUO: {
    remedio:
      'La base ya tiene un inventario más reciente; la próxima ejecución carga. Si el mensaje dice que es del futuro, siga «Horas del futuro» en docs/operacion.md.',
    comandos: ['estado'],
  },
  TRAMO_ANTIGUO: {
    remedio:
      'La base ya tiene una lectura más reciente de esas horas, y se queda con ella. Si el mensaje dice que es del futuro, siga «Horas del futuro» en docs/operacion.md.',
    comandos: ['cobertura'],
    flujo: 'ventas',
  },
  VERIFICACION_FALLIDA: {
    remedio: 'La carga se deshizo porque lo escrito no cuadra con lo recibido: avise a desarrollo.',
    comandos: ['estado'],
  },
  COMMIT_INCIERTO: {
    remedio: 'No se pudo saber si la carga quedó hecha; la próxima ejecución lo resuelve sola.',
    comandos: ['estado'],
  },
  CANDADO_PERDIDO: {
    remedio: 'La ejecución perdió su turno en la base; la próxima ejecución carga lo que faltó.',
    comandos: ['repetir'],
  },
  SIN_TIEMPO: {
    remedio: 'No dio tiempo: la próxima ejecución lo intenta de nuevo.',
    comandos: ['repetir'],
  },
  INTERRUMPIDA: {
    remedio: 'Alguien la interrumpió: lo que faltó lo carga la próxima ejecución.',
    comandos: ['repetir'],
  },
  ERROR_INTERNO: {
    remedio: 'Es un fallo del programa: avise a desarrollo con el registro de esta ejecución.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** Stable code of everything that can go wrong; see docs/errores.md. */
export type CodigoError = keyof typeof ERRORES;

/** Whether a text is a code of this version. */
export const isCodigoError = (codigo: string): codigo is CodigoError => Object.hasOwn(ERRORES, codigo);
