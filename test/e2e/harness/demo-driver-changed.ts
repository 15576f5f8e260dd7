import { templatesOf } from '@jeroboam/driver-sdk';
import { demoDriver } from './demo-driver.ts';

/** Says that it is 1.2.0, and has another template than that had. */
export const drivers = [demoDriver('1.2.0', '1.0.0', templatesOf({ version: '1.0.0', files: { 'bay.yaml': 'something else' }, parameters: {}, outputs: {} }))];
