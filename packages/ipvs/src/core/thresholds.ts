import { readListing } from './listing-reader.js';
import { serverKeyText, serviceKeyText, type Table } from './model.js';

/**
 * The table with the connection thresholds, which `ipvsadm -Sn` leaves out.
 * @param listing of `ipvsadm -Ln --thresholds`
 */
export function withThresholds(table: Table, listing: string): Table {
  const thresholds = new Map(
    readListing(listing).flatMap(({ key, server, numbers }) =>
      server ? [[`${serviceKeyText(key)} ${serverKeyText(server)}`, numbers] as const] : [],
    ),
  );
  const services = table.services.map((service) => {
    const serviceText = serviceKeyText(service.key);
    const servers = service.servers.map((server) => {
      const [upperThreshold = 0, lowerThreshold = 0] =
        thresholds.get(`${serviceText} ${serverKeyText(server)}`) ?? [];
      return { ...server, upperThreshold, lowerThreshold };
    });
    return { ...service, servers };
  });
  return { services };
}
