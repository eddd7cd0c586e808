import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { ENDPOINTS } from '../../../lambdas/consultas/endpoints/index.ts';
import { ProblemSchema } from '../../../lambdas/consultas/problem.ts';
import {
  isAgotados,
  isArticulo,
  isCategorias,
  isDatos,
  isDescuadres,
  isExistencias,
  isProblema,
  isSesion,
  isTiendas,
  isVentas,
} from '../../../web/src/answers.ts';
import { ANSWERS } from '../../web/fake-site.ts';

/** What the page takes for an answer of each address. */
const GUARDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  '/agotados': isAgotados,
  '/articulos/{codigo}': isArticulo,
  '/categorias': isCategorias,
  '/datos': isDatos,
  '/descuadres': isDescuadres,
  '/existencias': isExistencias,
  '/sesion': isSesion,
  '/tiendas': isTiendas,
  '/ventas': isVentas,
};

/** The part of JSON Schema in which the answers are described. */
const SchemaSchema = z.object({
  type: z.union([z.string().transform((type) => [type]), z.array(z.string())]).default([]),
  enum: z.array(z.string()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
  items: z.unknown().optional(),
  prefixItems: z.array(z.unknown()).optional(),
});

/** Anything that a schema allows, but for the form of its texts and numbers. */
function allowedBy(described: unknown): fc.Arbitrary<unknown> {
  const {
    type: types,
    anyOf,
    properties,
    required,
    items,
    prefixItems,
    ...rest
  } = SchemaSchema.parse(described);
  if (rest.enum !== undefined) return fc.constantFrom(...rest.enum);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(allowedBy));
  const ofType = (type: string): fc.Arbitrary<unknown> => {
    switch (type) {
      case 'object': {
        const fields = Object.entries(properties).map(([name, field]) => [name, allowedBy(field)] as const);
        return fc.record(Object.fromEntries(fields), { requiredKeys: required });
      }
      case 'array':
        return prefixItems === undefined
          ? fc.array(allowedBy(items), { minLength: 1, maxLength: 3 })
          : fc.tuple(...prefixItems.map(allowedBy));
      case 'boolean':
        return fc.boolean();
      case 'string':
        return fc.constant('texto');
      case 'number':
      case 'integer':
        return fc.constant(1);
      case 'null':
        return fc.constant(null);
      default:
        throw new TypeError(`What is ${type}?`);
    }
  };
  return fc.oneof(...types.map(ofType));
}

describe('The page and the API', () => {
  it.each(ENDPOINTS)(
    'agree on $path: the page takes whatever the API may answer',
    ({ path, answerSchema }) => {
      const { [path]: guard = () => false } = GUARDS;
      fc.assert(fc.property(allowedBy(z.toJSONSchema(answerSchema)), guard));
    },
  );

  it('agree on refusals', () => {
    fc.assert(fc.property(allowedBy(z.toJSONSchema(ProblemSchema)), isProblema));
  });

  it.each(
    ENDPOINTS.flatMap(({ path, answerSchema }) =>
      (ANSWERS[path.replace('/{codigo}', '')] ?? []).map((answer) => ({ path, answerSchema, answer })),
    ),
  )('agree on $path: the page is tested with answers as the API gives them', ({ answerSchema, answer }) => {
    const problem = answerSchema.safeParse(answer).error;
    expect(problem === undefined ? '' : z.prettifyError(problem)).toBe('');
  });
});
