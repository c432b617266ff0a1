SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "none",
  tryItOutEnabled: true,
  // The address of a validator on the internet is what it would use otherwise.
  validatorUrl: null,
  // Secrets are not kept in the browser: the page may be open on a computer that people share.
  persistAuthorization: false,
  // Without it a wrong secret makes the browser ask for a password and hold the answer back.
  requestInterceptor: (request) => Object.assign(request, { credentials: "omit" }),
});
