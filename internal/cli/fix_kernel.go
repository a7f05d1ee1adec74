package cli

import "github.com/senet-selinux/senet"

// askKernel asks the running kernel's policy, if it should equal the store's, and returns the
// answer and a remark; nil if it need not be equal, or cannot be read.
func (f *fixFlags) askKernel(a *fixAnswer) (*senet.Answer, string) {
	const none = "nothing was loaded into a kernel"
	if a.store == nil || f.write.noReload {
		return nil, none
	}
	p, err := a.store.Kernel()
	if err == nil && p == nil {
		return nil, none
	}
	var now *senet.Answer
	if err == nil {
		now, err = a.Answer.Under(p)
	}
	if err != nil {
		return nil, "the kernel's policy cannot be read: " + err.Error()
	}
	return now, "the kernel has the new policy"
}
