/** The page's style: light and dark colour schemes, and black on white for print. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --fondo: #f7f6f2; --tarjeta: #ffffff; --tinta: #1f2328; --suave: #57606a; --linea: #dcdad2; --orden: #f1efe8;
  --bien: #2b8a5b; --regular: #c77d0a; --mal: #c0392f; --muerta: #7a4fa3; --neutro: #9aa2ab;
  --bien-fondo: #e3f3ea; --regular-fondo: #fdf0d9; --mal-fondo: #fbe6e3; --neutro-fondo: #eceff1;
  --serie-1: #2f6fb0; --serie-2: #35a0a8; --serie-3: #d9a441;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --fondo: #14171b; --tarjeta: #1d2126; --tinta: #e8e6e1; --suave: #a6afb8; --linea: #363c44; --orden: #14171b;
    --bien: #4fb583; --regular: #e0a13c; --mal: #ec7368; --muerta: #b08bd6; --neutro: #78818b;
    --bien-fondo: #1b3328; --regular-fondo: #3a2d15; --mal-fondo: #3d211f; --neutro-fondo: #2a2f36;
    --serie-1: #6aa5df; --serie-2: #55bcc3; --serie-3: #e3bd6b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--fondo); color: var(--tinta); font: 16px/1.5 system-ui, sans-serif; }
main, header { max-width: 1160px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 32px; }
main { padding-bottom: 48px; }
h1 { margin: 0; font-size: 1.75rem; letter-spacing: -0.01em; }
h2 { margin: 0 0 4px; font-size: 1.15rem; }
h3 { margin: 20px 0 4px; font-size: 1rem; }
h3 .suave { font-weight: 400; font-size: 0.875rem; margin-left: 6px; }
p { margin: 0 0 12px; overflow-wrap: anywhere; }
p.paso { margin: 0 0 6px; }
.suave { color: var(--suave); }
section { background: var(--tarjeta); border: 1px solid var(--linea); border-radius: 10px; padding: 16px 20px; margin-top: 16px; }
.estado { border-left-width: 8px; }
.estado h2 { font-size: 1.5rem; }
.estado p:last-child { margin-bottom: 0; }
.estado.bien { background: var(--bien-fondo); border-color: var(--bien); }
.estado.regular { background: var(--regular-fondo); border-color: var(--regular); }
.estado.mal { background: var(--mal-fondo); border-color: var(--mal); }
.estado.neutro { background: var(--neutro-fondo); border-color: var(--neutro); }
.fallo { border-left: 4px solid var(--mal); padding-left: 14px; margin-top: 20px; }
.fallo h3 { margin-top: 0; font-size: 1.05rem; }
.marca { display: inline-block; border-radius: 999px; padding: 0 9px; border: 1px solid; font-size: 0.8125rem; white-space: nowrap; }
.marca.bien { background: var(--bien-fondo); border-color: var(--bien); }
.marca.regular { background: var(--regular-fondo); border-color: var(--regular); }
.marca.mal { background: var(--mal-fondo); border-color: var(--mal); }
.marca.neutro { background: var(--neutro-fondo); border-color: var(--neutro); }
.frescura { white-space: nowrap; }
.edad { display: block; height: 8px; margin-top: 5px; min-width: 130px; border: 1px solid; border-radius: 4px; overflow: hidden; }
.edad span { display: block; height: 100%; min-width: 4px; }
.edad.bien { background: var(--bien-fondo); border-color: var(--bien); }
.edad.bien span { background: var(--bien); }
.edad.regular { background: var(--regular-fondo); border-color: var(--regular); }
.edad.regular span { background: var(--regular); }
.edad.mal { background: var(--mal-fondo); border-color: var(--mal); }
.edad.mal span { background: var(--mal); }
.intentos { display: block; margin-top: 3px; }
.intentos .bien { fill: var(--bien); }
.intentos .regular { fill: var(--regular); }
.intentos .mal { fill: var(--mal); }
.dias, .barras { display: block; margin-top: 3px; }
.dias .bien { fill: var(--bien); }
.dias .regular { fill: var(--regular); }
.dias .mal { fill: var(--mal); }
.dias .aspa { stroke: var(--tarjeta); stroke-width: 1.5; fill: none; }
.barras rect { fill: var(--serie-1); }
figure { margin: 12px 0 8px; }
svg { display: block; max-width: 100%; height: auto; }
figure .angosto { display: none; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
th, td { text-align: left; vertical-align: top; padding: 7px 14px 7px 0; border-bottom: 1px solid var(--linea); overflow-wrap: anywhere; }
th { color: var(--suave); font-weight: 500; overflow-wrap: normal; }
td.numero, th.numero { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
details { margin-top: 8px; }
summary { cursor: pointer; color: var(--suave); font-size: 0.875rem; }
code { font-size: 0.875em; overflow-wrap: anywhere; }
td code:not(.fila) { white-space: nowrap; }
code.orden { display: inline-block; max-width: 100%; padding: 3px 10px; border: 1px solid var(--linea); border-radius: 6px; background: var(--orden); user-select: all; }
:focus-visible { outline: 2px solid var(--serie-1); outline-offset: 2px; }
@media (max-width: 1020px) {
  table, tbody { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 4px 12px; border: 1px solid var(--linea); border-radius: 8px; padding: 8px 12px; margin-top: 8px; }
  td, td.numero { padding: 0; border: 0; text-align: left; min-width: 0; }
  td::before { content: attr(data-titulo); display: block; color: var(--suave); font-size: 0.75rem; line-height: 1.3; }
  td.largo, td:has(.fila), td:has(.frescura), td:has(.dias), td:has(.barras) { grid-column: 1 / -1; }
  td code:not(.fila), .frescura { white-space: normal; }
}
@media (max-width: 760px) {
  main, header { padding: 0 12px; }
  section { padding: 14px; }
  figure .ancho { display: none; }
  figure .angosto { display: block; }
}
@media print {
  :root { color-scheme: light; }
  body { background: #fff; font-size: 11pt; }
  main, header { max-width: none; padding: 0; }
  section { border-color: #bbb; }
  .fallo, figure, tr { break-inside: avoid; }
  .datos { display: none; }
}
`;
