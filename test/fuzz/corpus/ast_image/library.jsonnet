local other = import 'other.libsonnet';
{
  local prefix = 'k8s-',
  name(x, suffix='é'):: prefix + x + suffix,
  list: [self.name(i) for i in ['a', 'b'] if i != 'c'],
  text: |||
    lines
  |||,
  sum+: { n: -1.5e3, deep: super.sum },
  assert self.text != '' : 'empty',
}
