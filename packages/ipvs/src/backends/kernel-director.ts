import { KernelDirector } from './kernel.js';

/** The original's path of ipvsadm; where it is meant, systems that have it elsewhere are looked through. */
const USUAL_PATH = '/sbin/ipvsadm';

/** The kernel's director with the path that an lvs.cf names. @throws UserError `IPVSADM_MISSING` */
export function kernelDirector(ipvsadmPath: string): KernelDirector {
  return new KernelDirector(ipvsadmPath === USUAL_PATH ? undefined : ipvsadmPath);
}
