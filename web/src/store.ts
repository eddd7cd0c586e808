import { useEffect, useState } from 'preact/hooks';

/** A value that components share; they are told of its changes. */
export interface Store<T> {
  readonly get: () => T;
  readonly set: (value: T) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The value of a store; the component is rendered again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const value = store.get();
  const [, redraw] = useState(0);
  useEffect(() => {
    const onChange = (): void => {
      redraw((count) => count + 1);
    };
    // It may have changed between the rendering and this effect.
    if (!Object.is(value, store.get())) onChange();
    return store.subscribe(onChange);
  }, [store]);
  return value;
}
