import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Task } from './loader.ts';
import {
  ALMACENES,
  CAMBIADAS,
  NUEVAS,
  PRODUCTOS,
  RETIRADAS,
  SNAPSHOTS,
  STAGING,
  TERMINADAS,
  VERSIONES,
} from './staging.ts';

/** Reads lines of a store and a warehouse; writes every answer's rows as text for COPY, three at once. */
const FETCH = `
fetch() {
  curl -sf -X POST -H 'content-type: application/json' -d "{\\"Codigoalmacen\\":\\"$2\\"}" "$KLK/maestra/articulos/almacen" |
    jq -r --arg tienda "$1" --arg almacen "$2" '
      def vacio: if . == null or . == "" or . == "N/A" then null else . end;
      .articulos[] | [$tienda, $almacen, .Codigo, (.Barra | vacio), .NombreProducto, ((.Descripcion | vacio) // "SIN CATEGORIA"), (.Categoria | vacio),
                      (.Descripcion_categoria | vacio), (.Subcategoria | vacio), (.Marca | vacio), .stock, .Precio, .Iva] | map(. // "\\\\N") | join("\\t")' > "$DIR/$2.tsv"
}
export -f fetch
export DIR=$(mktemp -d)
trap 'rm -r "$DIR"' EXIT
set -e -o pipefail
xargs -P 3 -L 1 bash -c 'fetch "$@"' _
cat "$DIR"/*.tsv | wc -l >&3
(cat "$DIR"/*.tsv; echo '\\.') | cat "$SQL_BEFORE" - "$SQL_AFTER" | psql -X -q -v ON_ERROR_STOP=1 "$DB" > /dev/null
`;

const now = (statement: string): string => `${statement.replaceAll('$1', 'now()')};\n`;

const BEFORE = `SET enable_nestloop = off; SET jit = off;\n${STAGING};\nCOPY llegadas FROM STDIN;\n`;
const AFTER = [
  'ANALYZE llegadas;\nBEGIN;\n',
  `INSERT INTO ubicaciones (id, nombre) SELECT DISTINCT ubicacion_id, ubicacion_id FROM llegadas ON CONFLICT (id) DO NOTHING;\n`,
  ...[ALMACENES, PRODUCTOS, TERMINADAS, VERSIONES, RETIRADAS, CAMBIADAS, NUEVAS, SNAPSHOTS].map(now),
  'COMMIT;\n',
].join('');

/** A shell script with set-based statements and without checks, guards or records. Needs bash, curl, jq, psql and xargs. */
export async function loadWithScript({ klkUrl, database, tiendas }: Task): Promise<number> {
  const { user, password, host, port, database: name } = database;
  const script = FETCH.replace('"$SQL_BEFORE"', '<(printf %s "$BEFORE")').replace(
    '"$SQL_AFTER"',
    '<(printf %s "$AFTER")',
  );
  const child = spawn('bash', ['-c', script], {
    env: {
      ...process.env,
      KLK: klkUrl,
      DB: `postgresql://${user}:${password}@${host}:${port}/${name}`,
      BEFORE,
      AFTER,
    },
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  let counted = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    counted += chunk.toString();
  });
  child.stdin?.end(
    tiendas.flatMap(({ id, almacenes }) => almacenes.map(({ codigo }) => `${id} ${codigo}\n`)).join(''),
  );
  await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`the script ended with ${String(child.exitCode)}`);
  return Number(counted);
}
