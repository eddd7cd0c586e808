/**
 * What the pipeline's own user may do, by table: no DDL, no deletion of history, no update of what people own (ubicaciones, almacenes). A right
 * to one column is written as GRANT writes it. That to a column of almacenes only lets a load lock the row.
 */
export const ETL_TABLE_RIGHTS = {
  migraciones: ['SELECT'],
  inventario_versiones_default: ['SELECT'],
  ventas_default: ['SELECT'],
  inventario_actual: ['SELECT'],
  inventario_historico: ['SELECT'],
  ubicaciones: ['SELECT', 'INSERT'],
  inventario_versiones: ['SELECT', 'INSERT'],
  etl_rechazos: ['SELECT', 'INSERT'],
  almacen_snapshots: ['SELECT', 'INSERT'],
  almacenes: ['SELECT', 'INSERT', 'UPDATE (fecha_actualizacion)'],
  productos: ['SELECT', 'INSERT', 'UPDATE'],
  etl_ejecuciones: ['SELECT', 'INSERT', 'UPDATE'],
  etl_ejecucion_almacenes: ['SELECT', 'INSERT'],
  inventario_sin_confirmar: ['SELECT', 'INSERT', 'UPDATE (reconfirmado)'],
  inventario_vigente: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  ventas_por_dia: ['SELECT'],
  cobertura_ventas: ['SELECT'],
  descuadres: ['SELECT'],
  descuadres_intervalos: ['SELECT'],
  ventas_rechazos: ['SELECT', 'INSERT'],
  etl_ejecucion_ventas: ['SELECT', 'INSERT'],
  ventas_tramos: ['SELECT', 'INSERT', 'UPDATE'],
  ventas: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
} as const;

/** The functions that the pipeline's user may call: those that compute the slot (`casilla`) of a version. */
export const ETL_FUNCTIONS = [
  'casilla(timestamptz, timestamptz)',
  'clase_de(interval)',
  'casillas_de(timestamptz, timestamptz)',
  'es_por_peso(text)',
] as const;
