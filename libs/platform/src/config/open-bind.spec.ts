import { isLoopback, refuseOpenBind } from './open-bind.ts';

describe('refuseOpenBind', () => {
  it.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1', '[::1]', '::ffff:127.0.0.1'])(
    'lets %s be open: only this host reaches it',
    (host) => {
      expect(isLoopback(host)).toBe(true);
      refuseOpenBind(host, 'none');
    },
  );

  it.each(['0.0.0.0', '::', '', '10.0.0.5', '127.evil.example', 'api.example', '128.0.0.1'])(
    'refuses to serve %j without authentication',
    (host) => {
      expect(() => refuseOpenBind(host, 'none')).toThrow('without authentication');
      refuseOpenBind(host, 'keystone');
    },
  );
});
