module kfctl.dev/test/cluster

go 1.24.0
