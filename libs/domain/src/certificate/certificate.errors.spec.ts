import { InvalidCsr } from './certificate.errors.ts';
import { pythonBytes } from './python-bytes.ts';

describe('InvalidCsr', () => {
  it('quotes what was sent as Magnum does', () => {
    expect(new InvalidCsr('junk').message).toBe("Received invalid csr b'junk'.");
    expect(new InvalidCsr('').message).toBe("Received invalid csr b''.");
    expect(new InvalidCsr('é\n').message).toBe("Received invalid csr b'\\xc3\\xa9\\n'.");
  });

  it('never quotes a private key that was pasted by mistake', () => {
    expect(new InvalidCsr('-----BEGIN RSA PRIVATE KEY-----\nsecret').message).toBe('Received invalid csr (a private key: not shown).');
  });
});

describe('pythonBytes', () => {
  it('quotes as Python does', () => {
    expect(pythonBytes(Buffer.from("it's"))).toBe(`b"it's"`);
    expect(pythonBytes(Buffer.from('it\'s \0\t\\ "q"'))).toBe(`b'it\\'s \\x00\\t\\\\ "q"'`);
  });

  it('cuts what is too long for a message', () => {
    expect(pythonBytes(Buffer.alloc(10_000, 0x61), 3)).toBe("b'aaa...'");
  });
});
