package senet

// VerifyModule is verifyModule.
var VerifyModule = verifyModule
