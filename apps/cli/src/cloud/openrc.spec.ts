import { parseOpenrc } from './openrc.ts';

describe('parseOpenrc', () => {
  it.each([
    ['export OS_USERNAME=ada', { OS_USERNAME: 'ada' }],
    ['OS_USERNAME=ada # me', { OS_USERNAME: 'ada' }],
    ['  export OS_PASSWORD=\'a"b$c\'', { OS_PASSWORD: 'a"b$c' }],
    ['export OS_PASSWORD="a\'b \\$c"', { OS_PASSWORD: 'a\'b $c' }],
    ['export OS_AUTH_URL=http://host:5000/v3\r', { OS_AUTH_URL: 'http://host:5000/v3' }],
    ['export HOST=h\nexport OS_AUTH_URL="http://${HOST}:5000/$PATHNAME"', { HOST: 'h', OS_AUTH_URL: 'http://h:5000/identity' }],
  ])('reads %j', (text, expected) => {
    expect(parseOpenrc(text, { PATHNAME: 'identity' })).toEqual(expected);
  });

  it.each([
    '# export OS_USERNAME=ada', 'unset OS_USERNAME', 'echo OS_USERNAME=ada', 'export OS_PASSWORD=$(cat secret)',
    'export OS_PASSWORD="`cat secret`"',
    'export OS_PASSWORD=$OS_PASSWORD_INPUT', 'read -sr OS_PASSWORD_INPUT', 'export A=b; rm -rf x', 'if [ -z "$X" ]; then unset X; fi',
  ])('runs nothing and guesses nothing: %j', (line) => {
    expect(parseOpenrc(line)).toEqual(line.startsWith('export A=b;') ? { A: 'b' } : {});
  });
});
