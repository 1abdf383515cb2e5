/** `ps_<id>_<256 random bits>`. What has another form is nobody's token, and the service is not asked for it. */
export const TOKEN = /^ps_[0-9a-f]{36}_[\w-]{43}$/;
