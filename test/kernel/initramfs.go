package kernel

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A cpio is an archive in the format "newc", which the kernel unpacks as its
// first file system.
type cpio struct {
	data []byte
	ino  int
}

func (c *cpio) add(name string, mode uint32, content []byte) {
	c.ino++
	c.data = fmt.Appendf(c.data, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
		c.ino, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name)+1, 0, name)
	c.pad()
	c.data = append(c.data, content...)
	c.pad()
}

func (c *cpio) pad() {
	for len(c.data)%4 != 0 {
		c.data = append(c.data, 0)
	}
}

const (
	modeDir  = 0o040755
	modeFile = 0o100755
)

// bootDirs are the directories that every machine has.
var bootDirs = [...]string{"dev", "proc", "sys", "tmp", "modules"}

// initramfs writes the archive that a machine boots with: /init, the modules in
// the order in which they are to be loaded, and the files.
func initramfs(ctx context.Context, file string, img image, files Files) error {
	bin := filepath.Join(filepath.Dir(file), "init")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", bin,
		"github.com/senet-selinux/senet/test/kernel/init")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building init: %w: %s", err, out)
	}
	program, err := os.ReadFile(bin)
	if err != nil {
		return err
	}
	list, err := loadOrder(ctx, img.modules, modules[:])
	if err != nil {
		return err
	}
	var c cpio
	for _, dir := range bootDirs {
		c.add(dir, modeDir, nil)
	}
	c.add("init", modeFile, program)
	for i, m := range list {
		c.add(fmt.Sprintf("modules/%03d-%s.ko", i, m.name), modeFile, m.image)
	}
	c.addFiles(files)
	c.add("TRAILER!!!", 0, nil)
	return os.WriteFile(file, c.data, 0o600)
}
