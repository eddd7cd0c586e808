import { createHash } from 'node:crypto';
import type { Persona } from './personas.ts';

const ESTILO = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --fondo: #f6f6f3; --tarjeta: #fff; --tinta: #1d2125; --suave: #5a636c; --linea: #dedcd5; --acento: #24593d; }
@media (prefers-color-scheme: dark) { :root { --fondo: #14171a; --tarjeta: #1b1f23; --tinta: #e7e6e2; --suave: #a3acb5; --linea: #343a41; --acento: #7fc8a0; } }
body { max-width: 26rem; margin: 12vh auto 3rem; padding: 0 1rem; background: var(--fondo); color: var(--tinta); }
h1 { margin: 0; font-size: 1.5rem; }
p { margin: .25rem 0 1.5rem; color: var(--suave); }
a { color: var(--acento); }
button { display: block; width: 100%; min-height: 3rem; margin: 0 0 .5rem; padding: .5rem 1rem; border: 1px solid var(--linea); border-radius: .5rem; background: var(--tarjeta); color: inherit; font: inherit; text-align: left; cursor: pointer; }
button:hover, button:focus-visible { border-color: var(--acento); }
`;

/** Allows its own style and its own form only; the form leads back to the page, which has the same address. */
export const POLITICA_DEL_FORMULARIO = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(ESTILO).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** The page on which a person chooses a user, with one button for each. The form repeats the parameters of the request. */
export function renderForm(
  personas: readonly Persona[],
  action: string,
  values: Readonly<Record<string, string | undefined>>,
): string {
  const hidden = Object.entries(values).map(([name, value]) =>
    value === undefined ? '' : `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  const buttons = personas.map(
    ({ id, texto }) => `<button name="persona" value="${escape(id)}">${escape(texto)}</button>`,
  );
  return renderPage(
    '¿Quién entra a La Granja?',
    `<p>Elija con un clic. Solo en esta máquina se entra sin contraseña.</p>
<form method="post" action="${escape(action)}">${hidden.join('')}
${buttons.join('\n')}
</form>`,
  );
}

/** What is wrong with a request that cannot be sent back. */
export const renderProblem = (problemas: readonly string[]): string =>
  renderPage(
    'No se puede entrar así',
    `<ul>${problemas.map((problema) => `<li>${escape(problema)}</li>`).join('')}</ul>
<p><a href="/">Volver a la página</a></p>`,
  );

const renderPage = (titulo: string, cuerpo: string): string => `<!doctype html>
<html lang="es-VE">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(titulo)} · La Granja</title>
<style>${ESTILO}</style>
</head>
<body>
<main>
<h1>${escape(titulo)}</h1>
${cuerpo}
</main>
</body>
</html>
`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
