import { demoDriver } from './demo-driver.ts';

export const drivers = [demoDriver('2.0.0', '2.0.0')];
