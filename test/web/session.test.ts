import { describe, expect } from '@jest/globals';
import { z } from 'zod';
import { ask, findingsOf, inChromium, kept, settled, unless } from '../support/page.ts';
import { useSite } from './site.ts';

describe(`the login of the page${unless}`, () => {
  const { site, open } = useSite();

  inChromium('goes to the issuer with PKCE and returns to the address that was asked for', async () => {
    const { page, requests } = await open('/existencias?estado=agotado', { token: undefined });
    await page.waitForURL(`${site().url}/existencias?estado=agotado`);
    await settled(page);
    const authorize = requests.map((url) => new URL(url)).find(({ pathname }) => pathname === '/authorize');
    expect(Object.fromEntries(authorize?.searchParams ?? [])).toEqual({
      response_type: 'code',
      client_id: 'pagina',
      redirect_uri: `${site().url}/entrar`,
      scope: 'openid',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(requests.map((url) => new URL(url).origin).filter((origin) => origin !== site().url)).toEqual([
      site().issuerUrl,
      site().issuerUrl,
    ]);
    expect(site().questions.every(({ token }) => token === 'entrado')).toBe(true);
    expect(
      await ask(
        page,
        z.array(z.string()),
        `Object.keys(sessionStorage).filter((key) => key.startsWith('entrada:'))`,
      ),
    ).toEqual([]);
  });

  inChromium('refuses an answer of the issuer to a request that this tab did not make', async () => {
    const { page } = await open('/entrar?code=ajeno&state=ajeno', { token: undefined });
    expect(await page.getByRole('alert').textContent()).toContain('no la pidió esta pestaña');
    expect(site().questions).toEqual([]);
  });

  inChromium('shows the message of the issuer when it refuses', async () => {
    const { page } = await open('/entrar?error=access_denied&error_description=Sin+permiso', {
      token: undefined,
    });
    expect(await page.getByRole('alert').textContent()).toBe('El servicio de acceso contestó: Sin permiso');
  });

  inChromium('forgets the answers that this reader saw when the reader logs out', async () => {
    const { page } = await open('/');
    await settled(page);
    await kept(page, '/tiendas');
    await page.getByRole('button', { name: 'Salir' }).click();
    await page.waitForURL(/\/logout/);
    const url = new URL(page.url());
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'pagina',
      logout_uri: `${site().url}/`,
    });
    await page.goto(`${site().url}/icono.svg`);
    expect(
      await ask(
        page,
        z.number(),
        `Object.keys(sessionStorage).filter((key) => key.startsWith('respuesta:')).length`,
      ),
    ).toBe(0);
  });

  inChromium(
    'works with an issuer that has no address to log out: it says that the session there goes on',
    async () => {
      site().configure({ logoutUrl: null });
      const { page } = await open('/existencias', { token: undefined });
      await page.waitForURL(`${site().url}/existencias`);
      await settled(page);
      await page.getByRole('button', { name: 'Salir' }).click();
      await page.getByRole('heading', { level: 1, name: 'Sesión cerrada' }).waitFor();
      expect(await findingsOf(page)).toEqual([]);
      expect(await ask(page, z.number(), 'sessionStorage.length')).toBe(0);
      await page.getByRole('button', { name: 'Entrar otra vez' }).click();
      await page.getByRole('heading', { level: 1, name: 'Hoy' }).waitFor();
    },
  );

  inChromium('says that the issuer is not reached when an expired session cannot be renewed', async () => {
    const { page, context } = await open('/existencias');
    await settled(page);
    await page.evaluate(`sessionStorage.setItem('token', 'vencido')`);
    await page.locator('.filtros').getByLabel('Estado').selectOption('Agotados');
    const bar = page.locator('.barra');
    await bar.getByText('Su sesión terminó.').waitFor();
    await context.setOffline(true);
    await bar.getByRole('button', { name: 'Entrar otra vez' }).click();
    await bar.getByText('El servicio de acceso no se alcanza desde aquí.').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(100);
    await context.setOffline(false);
    await bar.getByRole('button', { name: 'Entrar otra vez' }).click();
    await page.waitForURL(/estado=agotado$/);
  });
});
