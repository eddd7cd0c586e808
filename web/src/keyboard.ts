import { navigate } from './address.ts';
import { SEARCH_ID } from './filters.tsx';

/** The page to which `/` leads from a page without a search. */
const SEARCH_PAGE = '/existencias';

const isTyping = (element: Element | null): boolean =>
  element instanceof HTMLInputElement || element instanceof HTMLSelectElement;

function search(): boolean {
  const field = document.getElementById(SEARCH_ID);
  if (!(field instanceof HTMLInputElement)) return false;
  field.focus();
  field.select();
  return true;
}

/** Moves the focus between the rows of the page; from the search, to the first row. */
function move(step: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('tbody a.principal')];
  const focused = document.activeElement?.closest('tr')?.querySelector<HTMLAnchorElement>('a.principal');
  const index = focused === undefined || focused === null ? -1 : links.indexOf(focused);
  const next = links[index === -1 ? 0 : index + step];
  if (next === undefined) return false;
  next.focus();
  next.closest('tr')?.scrollIntoView({ block: 'nearest' });
  return true;
}

/** Handles `/`, which goes to the search, and the arrows, which go from row to row. The focus is on a row's link, so Enter opens it. */
export function followKeyboard(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector(':popover-open') !== null)
      return;
    const element = document.activeElement;
    const typing = isTyping(element);
    if (event.key === '/' && !typing) {
      event.preventDefault();
      if (search()) return;
      navigate(SEARCH_PAGE);
      requestAnimationFrame(() => {
        requestAnimationFrame(search);
      });
    }
    if (typing && element?.id !== SEARCH_ID) return;
    if (event.key === 'ArrowDown' && move(1)) event.preventDefault();
    if (event.key === 'ArrowUp' && !typing && move(-1)) event.preventDefault();
    if (event.key === 'Escape' && typing && element instanceof HTMLElement) element.blur();
  });
}
