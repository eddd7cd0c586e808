/** What the pipeline's own user may do, by table: no DDL, no deletion of history, no update of what people own (ubicaciones). */
export const ETL_TABLE_RIGHTS = {
  migraciones: ['SELECT'],
  inventario_historico_default: ['SELECT'],
  ubicaciones: ['SELECT', 'INSERT'],
  inventario_historico: ['SELECT', 'INSERT'],
  etl_rechazos: ['SELECT', 'INSERT'],
  almacen_snapshots: ['SELECT', 'INSERT'],
  almacenes: ['SELECT', 'INSERT', 'UPDATE'],
  productos: ['SELECT', 'INSERT', 'UPDATE'],
  etl_ejecuciones: ['SELECT', 'INSERT', 'UPDATE'],
  etl_ejecucion_almacenes: ['SELECT', 'INSERT'],
  inventario_actual: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
} as const;

/** The functions it may call. */
export const ETL_FUNCTIONS = ['crear_particiones()'] as const;
