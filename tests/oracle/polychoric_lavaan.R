# Reference numbers for polychoric and polyserial correlations. Run: Rscript polychoric_lavaan.R > polychoric_lavaan.json
suppressMessages({library(lavaan); library(polycor); library(jsonlite)})
data(bfi, package = "psych", envir = environment())
if (!exists("bfi")) data(bfi, package = "psychTools")
items <- names(bfi)[1:25]
complete <- bfi[complete.cases(bfi[, items]), ]
few <- items[1:5]
sample_stats <- function(data, names, ...) {
  model <- paste("f =~", paste(names, collapse = " + "))
  fit <- cfa(model, data, ordered = names, estimator = "WLSMV", do.fit = FALSE, ...)
  s <- lavInspect(fit, "sampstat"); g <- unclass(lavInspect(fit, "gamma"))
  list(cor = unclass(s$cov), th = unname(unclass(s$th)), gamma = unname(g), n = lavInspect(fit, "nobs"))
}
out <- list(
  meta = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
              polycor = as.character(packageVersion("polycor"))),
  lavcor_listwise = list(call = "lavCor(complete[, items], ordered = items)", items = items,
    cor = unclass(lavCor(complete[, items], ordered = items, output = "cor"))),
  listwise = c(list(call = "lavInspect(cfa(f =~ A1 + ... + A5, complete, ordered = TRUE, estimator = 'WLSMV', do.fit = FALSE), 'sampstat' | 'gamma')", items = few),
    sample_stats(complete, few)),
  pairwise = c(list(call = "the same on bfi with missing = 'pairwise'", items = few),
    sample_stats(bfi, few, missing = "pairwise")),
  weighted = c(list(call = "the same on complete with sampling.weights = 'age'", items = few),
    sample_stats(complete, few, sampling.weights = "age", sampling.weights.normalization = "none")),
  polyserial = list(
    call = "sapply(items[1:5], function(i) polycor::polyserial(complete$age, complete[[i]], std.err = TRUE))",
    note = "with std.err = TRUE the likelihood is maximised; without, a closed-form approximation",
    rho = unname(sapply(few, function(i) polyserial(complete$age, complete[[i]], std.err = TRUE)$rho)),
    var = unname(sapply(few, function(i) polyserial(complete$age, complete[[i]], std.err = TRUE)$var[1, 1])))
)
cat(toJSON(out, digits = NA, auto_unbox = TRUE, matrix = "rowmajor"))
