import { demoDriver } from './demo-driver.ts';

export const drivers = [demoDriver('1.3.0', '1.1.0')];
