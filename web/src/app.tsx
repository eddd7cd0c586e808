import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { navigate, takePlace, useAddress } from './address.ts';
import { isSesion } from './answers.ts';
import type { Sesion } from './answers.ts';
import { ExplainPopover } from './explain.tsx';
import { Bar, FailurePanel, ISSUER_UNREACHABLE, LogInButton } from './failure.tsx';
import { chooseMoneda, moneda } from './money.ts';
import { Articulo } from './pages/articulo.tsx';
import { Datos } from './pages/datos.tsx';
import { Descuadres } from './pages/descuadres.tsx';
import { Existencias } from './pages/existencias.tsx';
import { Faltantes } from './pages/faltantes.tsx';
import { Hoy } from './pages/hoy.tsx';
import { Ventas } from './pages/ventas.tsx';
import { Reader, ReaderPending } from './people.ts';
import { completeLogIn, isCallback, logIn, logOut, sesion } from './session.ts';
import { useStore } from './store.ts';
import { useAnswer } from './use-answer.ts';

/** The sections of the page; `icon` is a drawing of 24 x 24. */
const SECTIONS = [
  { path: '/', name: 'Hoy', icon: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z' },
  { path: '/existencias', name: 'Existencias', icon: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8' },
  { path: '/faltantes', name: 'Faltantes', icon: 'M12 8v5M12 16.5v.5M12 3l9.5 17h-19z' },
  { path: '/ventas', name: 'Ventas', icon: 'M4 20h16M6 16v-4M11 16V7M16 16v-7' },
  { path: '/descuadres', name: 'Descuadres', icon: 'M5 9h14M5 15h14M15 4L9 20' },
  { path: '/datos', name: 'Datos', icon: 'M5 6h14v14H5zM5 10h14M9 3v4M15 3v4' },
] as const;

export function App(): JSX.Element {
  const state = useStore(sesion);
  // Rendered again when the login is completed, because the address changes.
  useAddress();
  if (isCallback()) return <Callback />;
  if (state === 'cerrada') return <LoggedOut />;
  return state === 'ninguna' ? <LogIn /> : <Frame expired={state === 'vencida'} />;
}

/** Completes the login after the issuer has returned to the page. */
function Callback(): JSX.Element {
  const [refusal, setRefusal] = useState<string>();
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    completeLogIn().then(
      (address) => {
        navigate(address, { replace: true });
      },
      (error: unknown) => {
        setRefusal(error instanceof Error ? error.message : String(error));
      },
    );
  }, []);
  if (refusal === undefined) return <Waiting text="Entrando…" />;
  return (
    <main class="entrada">
      <h1>No se pudo entrar</h1>
      <p role="alert">{refusal}</p>
      <LogInButton address="/" />
    </main>
  );
}

/** Goes to the issuer at once. A reader who has a session there is back without a click. */
function LogIn(): JSX.Element {
  const [refused, setRefused] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    setRefused(false);
    logIn().catch(() => {
      setRefused(true);
    });
  }, [tries]);
  if (!refused) return <Waiting text="Abriendo la entrada…" />;
  return (
    <main class="entrada">
      <h1>No hay cómo entrar ahora</h1>
      <p role="alert">{ISSUER_UNREACHABLE}</p>
      <button
        type="button"
        class="boton fuerte"
        onClick={() => {
          setTries(tries + 1);
        }}
      >
        Reintentar
      </button>
    </main>
  );
}

/** After logging out of the page alone. */
const LoggedOut = (): JSX.Element => (
  <main class="entrada">
    <h1>Sesión cerrada</h1>
    <p role="status">
      Salió de esta página. La sesión de su servicio de acceso sigue abierta en este navegador.
    </p>
    <LogInButton address="/" />
  </main>
);

const Waiting = ({ text }: { readonly text: string }): JSX.Element => (
  <main class="entrada">
    <h1>La Granja</h1>
    <p role="status">{text}</p>
  </main>
);

function Frame({ expired }: { readonly expired: boolean }): JSX.Element {
  const { path } = useAddress();
  const reader = useAnswer('/sesion', isSesion);
  useFocusOnArrival(path);
  const refused = reader.failure?.kind === 'problema' && reader.failure.problema.status === 403;
  return (
    <Reader.Provider value={reader.shown?.value}>
      <a class="saltar" href="#contenido">
        Ir al contenido
      </a>
      <header>
        <a class="marca-granja" href="/">
          <img src="/icono.svg" alt="" width="28" height="28" />
          La Granja
        </a>
        <nav class="secciones" aria-label="Páginas">
          {SECTIONS.map(({ path: to, name, icon }) => (
            <a key={to} href={to} aria-current={to === path ? 'page' : undefined}>
              <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
                <path d={icon} />
              </svg>
              {name}
            </a>
          ))}
        </nav>
        <span class="papel">{roleOf(reader.shown?.value)}</span>
        <Currency />
        <LogOutButton />
      </header>
      <main id="contenido">
        {refused ? (
          <FailurePanel failure={reader.failure} again={reader.again} />
        ) : (
          <ReaderPending.Provider value={reader.shown === undefined && reader.loading}>
            <Route path={path} />
          </ReaderPending.Provider>
        )}
      </main>
      {expired ? (
        <Bar>
          <p>
            <strong>Su sesión terminó.</strong> Lo que ve se queda aquí; para preguntar algo nuevo, entre otra
            vez.
          </p>
          <LogInButton />
        </Bar>
      ) : null}
      <ExplainPopover />
    </Reader.Provider>
  );
}

function Route({ path }: { readonly path: string }): JSX.Element {
  const [, article] = /^\/articulo\/(.+)$/.exec(path) ?? [];
  if (article !== undefined) return <Articulo key={article} codigo={decode(article)} />;
  switch (path) {
    case '/':
      return <Hoy />;
    case '/existencias':
      return <Existencias />;
    case '/faltantes':
      return <Faltantes />;
    case '/ventas':
      return <Ventas />;
    case '/descuadres':
      return <Descuadres />;
    case '/datos':
      return <Datos />;
    default:
      return (
        <section class="panel">
          <h1>Esta página no existe</h1>
          <p>
            La dirección <code>{path}</code> no es ninguna de las de aquí. Vaya a <a href="/">Hoy</a> o elija
            otra arriba.
          </p>
        </section>
      );
  }
}

/** Decodes a part of an address; one with an invalid escape stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function Currency(): JSX.Element {
  const chosen = useStore(moneda);
  return (
    <div class="moneda" role="group" aria-label="Moneda">
      {(['USD', 'Bs'] as const).map((unit) => (
        <button
          key={unit}
          type="button"
          aria-pressed={unit === chosen}
          onClick={() => {
            chooseMoneda(unit);
          }}
        >
          {unit}
        </button>
      ))}
    </div>
  );
}

const LogOutButton = (): JSX.Element => (
  <button
    type="button"
    class="boton"
    onClick={() => {
      logOut().catch(() => {
        // Without network the issuer cannot be reached, but tokens and answers are removed.
        location.assign('/');
      });
    }}
  >
    Salir
  </button>
);

function roleOf(reader: Sesion | undefined): string {
  if (reader === undefined) return '';
  if (reader.rol === 'comprador') return 'Comprador';
  const [first] = reader.tiendas;
  return first !== undefined && reader.tiendas.length === 1 ? `Gerente de ${first.nombre}` : 'Gerente';
}

/** Moves the focus to the heading of a new page; after going back or forward restores scroll position and focus. */
function useFocusOnArrival(path: string): void {
  const arrived = useRef(path);
  const { query } = useAddress();
  useLayoutEffect(() => {
    const place = takePlace();
    const isNew = arrived.current !== path;
    arrived.current = path;
    if (place !== undefined) {
      const link = place.link === null ? null : document.querySelector(`a[href="${CSS.escape(place.link)}"]`);
      if (link instanceof HTMLElement) link.focus({ preventScroll: true });
      scrollTo(0, place.y);
    } else if (isNew) {
      document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
    }
  }, [path, query]);
}
