{
  global: {
    // replicas: 4,
  },
  components: {
    // Each object below is a component.
    web: {
      image: "nginx:1",  # the image, "quoted"
      'replicas': 2,
      motd: |||
        { not a brace
        }
      |||,
    },
    "tf-job": { name: 'x', n: 1 },
  },
}
