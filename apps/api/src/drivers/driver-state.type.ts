import { oneOf } from '../wire/attribute.ts';
import { ResourceType } from '../wire/resource-type.ts';

/** What an operator can change of a driver: an object, not a JSON patch. */
export const DRIVER_STATE = new ResourceType('driver', { state: oneOf('active', 'beta', 'deprecated', 'retired') });
