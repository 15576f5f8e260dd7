import { demoDriver } from './demo-driver.ts';

export const drivers = [demoDriver('1.2.0', '1.0.0')];
