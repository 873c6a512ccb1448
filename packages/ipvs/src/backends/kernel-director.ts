import { usualPath } from '../shell/ipvsadm.js';
import { KernelDirector } from './kernel.js';

/** The kernel's director with the path that an lvs.cf names. @throws UserError `IPVSADM_MISSING` */
export function kernelDirector(ipvsadmPath: string): KernelDirector {
  return new KernelDirector(usualPath(ipvsadmPath));
}
