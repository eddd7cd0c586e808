/** The page's look: the stores' calm colours, dark where the reader wants it, black on white on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --fondo: #f7f6f2; --tarjeta: #ffffff; --tinta: #1f2328; --suave: #57606a; --linea: #dcdad2;
  --bien: #2b8a5b; --regular: #c77d0a; --mal: #c0392f; --muerta: #7a4fa3; --neutro: #9aa2ab;
  --serie-1: #2f6fb0; --serie-2: #35a0a8; --serie-3: #d9a441;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --fondo: #14171b; --tarjeta: #1d2126; --tinta: #e8e6e1; --suave: #a6afb8; --linea: #363c44;
    --bien: #4fb583; --regular: #e0a13c; --mal: #ec7368; --muerta: #b08bd6; --neutro: #78818b;
    --serie-1: #6aa5df; --serie-2: #55bcc3; --serie-3: #e3bd6b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--fondo); color: var(--tinta); font: 16px/1.5 system-ui, sans-serif; }
main, header { max-width: 880px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 36px; }
main { padding-bottom: 48px; }
h1 { margin: 0; font-size: 1.75rem; letter-spacing: -0.01em; }
h2 { margin: 0 0 4px; font-size: 1.15rem; }
p { margin: 0 0 12px; }
.suave { color: var(--suave); }
.cifras { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0; padding: 0; list-style: none; }
.cifras li, section { background: var(--tarjeta); border: 1px solid var(--linea); border-radius: 10px; padding: 16px 20px; }
.cifras strong { display: block; font-size: 1.6rem; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; }
section { margin-top: 16px; }
figure { margin: 12px 0 8px; overflow-x: auto; }
svg { display: block; max-width: 100%; height: auto; }
.tabla { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
th, td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--linea); }
th { color: var(--suave); font-weight: 500; }
td:first-child { white-space: nowrap; }
td.numero, th.numero { text-align: right; font-variant-numeric: tabular-nums; }
details { margin-top: 8px; }
summary { cursor: pointer; color: var(--suave); font-size: 0.875rem; }
code { font-size: 0.85em; white-space: nowrap; }
:focus-visible { outline: 2px solid var(--serie-1); outline-offset: 2px; }
@media print {
  :root { color-scheme: light; }
  body { background: #fff; font-size: 11pt; }
  main, header { max-width: none; padding: 0; }
  .cifras li, section { border-color: #bbb; break-inside: avoid; }
  figure, .tabla { overflow: visible; }
  details { display: none; }
}
`;
