// A tree of objects, arrays and strings for the programs that write documents.
{
  tree(width)::
    {
      ['service-%04d' % i]: {
        name: 'service-%04d' % i,
        replicas: i % 7,
        weight: (i % 16) / 4,
        enabled: i % 3 == 0,
        owner: if i % 5 == 0 then null else 'team-%d' % (i % 9),
        ports: [{ name: 'port-%d' % p, port: 8000 + p } for p in std.range(1, 4)],
        settings: { note: 'two\nlines: "quoted"', empty: {}, none: [], path: '/srv/%d' % i },
      }
      for i in std.range(1, width)
    },
}
