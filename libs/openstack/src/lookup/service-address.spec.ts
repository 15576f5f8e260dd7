import { serviceAddress } from './service-address.ts';

const catalogWith = (type: string, ...endpoints: { interface?: string; region?: string; url: string }[]) =>
  [{ type, name: type, endpoints: endpoints.map((endpoint) => ({ interface: 'public', region: 'RegionOne', ...endpoint })) }];

describe('serviceAddress', () => {
  it.each([
    ['image', 'http://cloud/image', 'http://cloud/image/v2'],
    ['image', 'http://cloud:9292/', 'http://cloud:9292/v2'],
    ['image', 'http://cloud:9292/v2/', 'http://cloud:9292/v2'],
    ['compute', 'http://cloud:8774/v2.1', 'http://cloud:8774/v2.1'],
    ['compute', 'http://cloud:8774/v2.1/6f0f3c0e', 'http://cloud:8774/v2.1/6f0f3c0e'],
    ['network', 'http://cloud:9696', 'http://cloud:9696/v2.0'],
    ['network', 'http://v2.example/network', 'http://v2.example/network/v2.0'],
  ] as const)('adds the version of %s to %s only when there is none', (service, url, address) => {
    expect(serviceAddress(catalogWith(service, { url }), service, { interface: 'public' })).toBe(address);
  });

  it('takes the interface and region that are asked for', () => {
    const catalog = catalogWith(
      'image',
      { url: 'http://one/v2' }, { url: 'http://two/v2', region: 'RegionTwo' },
      { url: 'http://inside/v2', interface: 'internal', region: 'RegionTwo' },
    );
    expect(serviceAddress(catalog, 'image', { interface: 'public' })).toBe('http://one/v2');
    expect(serviceAddress(catalog, 'image', { interface: 'public', region: 'RegionTwo' })).toBe('http://two/v2');
    expect(serviceAddress(catalog, 'image', { interface: 'internal', region: 'RegionTwo' })).toBe('http://inside/v2');
  });

  it('has none for a service, interface or region that is not in the catalog, or whose address is none', () => {
    const catalog = catalogWith('image', { url: 'http://one/v2' });
    expect(serviceAddress(catalog, 'compute', { interface: 'public' })).toBeUndefined();
    expect(serviceAddress(catalog, 'image', { interface: 'admin' })).toBeUndefined();
    expect(serviceAddress(catalog, 'image', { interface: 'public', region: 'RegionTwo' })).toBeUndefined();
    expect(serviceAddress(catalogWith('image', { url: 'not an address' }), 'image', { interface: 'public' })).toBeUndefined();
  });
});
