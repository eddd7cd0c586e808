export { removeAssemblies as default } from './global-setup.ts';
