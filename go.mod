module github.com/senet-selinux/senet

go 1.24
