import { useMemo } from 'preact/hooks';
import type { Tasa } from './answers.ts';
import { NO_VALUE, toCents, toWhole } from './format.ts';
import { createStore, useStore } from './store.ts';

const KEY = 'moneda';

/** The currency that the reader chose in this browser. */
export const moneda = createStore<'USD' | 'Bs'>(localStorage.getItem(KEY) === 'Bs' ? 'Bs' : 'USD');

export function chooseMoneda(chosen: 'USD' | 'Bs'): void {
  localStorage.setItem(KEY, chosen);
  moneda.set(chosen);
}

/** Writes amounts of USD in the chosen currency. */
export interface Money {
  readonly unit: 'USD' | 'Bs';
  readonly whole: (usd: number | null | undefined) => string;
  readonly cents: (usd: number | null | undefined) => string;
}

/** Without a rate every amount stays in USD. */
export function useMoney(tasa: Tasa | null | undefined): Money {
  const chosen = useStore(moneda);
  const rate = chosen === 'Bs' ? tasa?.bsPorUsd : undefined;
  return useMemo(() => {
    const written = (write: (value: number) => string) => (usd: number | null | undefined) =>
      usd === null || usd === undefined ? NO_VALUE : write(usd * (rate ?? 1));
    return {
      unit: rate === undefined ? 'USD' : 'Bs',
      whole: written(toWhole),
      cents: written(toCents),
    };
  }, [rate]);
}
