import { render } from 'preact';
import { followAddress } from './address.ts';
import { App } from './app.tsx';
import { followKeyboard } from './keyboard.ts';

const place = document.getElementById('pagina');
if (place === null) throw new Error('index.html has no #pagina');
followAddress();
followKeyboard();
render(<App />, place);

// The service worker caches the page's files for use without network; the page keeps the answers.
addEventListener('load', () => {
  if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/service-worker.js');
});
