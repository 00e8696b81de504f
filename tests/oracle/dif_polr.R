# Reference numbers for differential item functioning. Run: Rscript dif_polr.R > dif_polr.json
suppressMessages({library(MASS); library(survey); library(jsonlite)})
data(bfi, package = "psych", envir = environment())
if (!exists("bfi")) data(bfi, package = "psychTools")
items <- paste0("N", 1:5)
d <- bfi[complete.cases(bfi[, items]), ]
d$psu <- (seq_len(nrow(bfi))[complete.cases(bfi[, items])] - 1) %/% 20
d$sex <- factor(d$gender)
one <- function(item) {
  s <- rowSums(d[, setdiff(items, item)]); d$z <- (s - mean(s)) / sqrt(mean((s - mean(s))^2)); d$y <- ordered(d[[item]])
  m <- list(polr(y ~ 1, d), polr(y ~ z, d), polr(y ~ z + sex, d), polr(y ~ z * sex, d))
  l <- sapply(m, logLik); n <- nrow(d)
  r <- (1 - exp(2 * (l[1] - l) / n)) / (1 - exp(2 * l[1] / n))
  w <- sum(d$age); d$z <- s - sum(d$age * s) / w; d$z <- d$z / sqrt(mean((s - mean(s))^2))
  f <- svyolr(y ~ z + sex, svydesign(~psu, weights = ~age, data = d))
  list(item = item, uniform = 2 * (l[3] - l[2]), nonuniform = 2 * (l[4] - l[3]), total = 2 * (l[4] - l[2]),
       nagelkerke = r[4] - r[2], mcfadden = (l[2] - l[4]) / l[1], shift = unname(coef(m[[3]])["sex2"]),
       design_shift = unname(coef(f)["sex2"]), design_se = unname(SE(f)["sex2"]))
}
cat(toJSON(list(meta = list(R = R.version.string, MASS = as.character(packageVersion("MASS")), survey = as.character(packageVersion("survey"))),
  items = lapply(items, one)), digits = NA, auto_unbox = TRUE))
