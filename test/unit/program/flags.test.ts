import { describe, expect, it } from '@jest/globals';
import { refuseSwallowedFlags } from '../../../bin/program/flags.ts';

/** What npm 11 leaves in the environment of every script. */
const NPM = {
  npm_config_cache: '/tmp/npm',
  npm_config_user_agent: 'npm/11.19.1 node/v24.21.0 linux x64',
  npm_config_json: '',
  npm_command: 'run',
  dry_run: 'true',
};

const refuse = (argv: string[], env: Record<string, string>): (() => void) => {
  return () => {
    refuseSwallowedFlags('etl', argv, { ...NPM, ...env });
  };
};

describe('a flag without -- before it, which npm takes as its own', () => {
  it.each([
    ['npm_config_dry_run', 'true', '--dry-run'],
    ['npm_config_dryrun', 'true', '--dry-run'],
    ['npm_config_tiendas', 'true', '--tiendas'],
    ['npm_config_tiendas', '', '--tiendas'],
    ['npm_config_tiendas', 'tienda_01', '--tiendas'],
    ['npm_config_forzar', 'true', '--forzar'],
    ['npm_config_solo_fallidas', 'true', '--solo-fallidas'],
    ['npm_config_json', 'true', '--json'],
    ['npm_config_falla', 'APP-TPF=html', '--falla'],
  ])('is refused with the correct command: %s=%s', (name, value, flag) => {
    expect(refuse([], { [name]: value })).toThrow(
      expect.objectContaining({
        name: 'ConfiguracionInvalida',
        problemas: [`npm se quedó con ${flag}: escriba npm run etl -- ${flag} ...`],
      }),
    );
  });

  it('is refused even if other flags come after --', () => {
    expect(refuse(['--tiendas', 'tienda_01'], { npm_config_dry_run: 'true' })).toThrow('--dry-run');
  });

  it('is refused in one message with all others', () => {
    const env = { npm_config_dry_run: 'true', npm_config_tiendas: 'tienda_01' };

    expect(refuse([], env)).toThrow(
      expect.objectContaining({ problemas: [expect.any(String), expect.any(String)] }),
    );
  });
});

describe('a flag after --', () => {
  it('is accepted, also if npm got it too', () => {
    expect(refuse(['--dry-run'], {})).not.toThrow();
    expect(refuse(['--dry-run'], { npm_config_dry_run: 'true' })).not.toThrow();
  });

  it.each(['', 'false'])('is not missed when npm has it switched off: %j', (value) => {
    expect(refuse([], { npm_config_dry_run: value })).not.toThrow();
  });
});
