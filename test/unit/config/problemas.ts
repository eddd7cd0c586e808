import { expect } from '@jest/globals';

/** The problems for which a configuration is refused, one line each; none when it is accepted. */
export function problemasOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfiguracionInvalida' });
    if (Error.isError(error)) return error.message.replace(/^Configuración inválida:\n- /, '').split('\n- ');
  }
  return [];
}
