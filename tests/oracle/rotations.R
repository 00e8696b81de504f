# Reference rotations. Run: Rscript rotations.R > rotations.json
suppressMessages({library(psych); library(GPArotation); library(jsonlite)})
data(bfi, package = "psych"); if (!exists("bfi")) data(bfi, package = "psychTools")
x <- bfi[complete.cases(bfi[, 1:25]), 1:25]
L <- unclass(fa(cor(x), 5, n.obs = nrow(x), rotate = "none", fm = "pa")$loadings)
target <- matrix(0, 25, 5)
for (j in 1:5) target[(5 * j - 4):(5 * j), c(4, 3, 2, 1, 5)[j]] <- NA
run <- function(f, ...) { set.seed(1); r <- f(L, eps = 1e-8, maxit = 20000, ...)
  list(loadings = unname(unclass(r$loadings)), Phi = if (is.null(r$Phi)) diag(5) else unname(r$Phi), f = unname(r$Table[nrow(r$Table), 2])) }
out <- list(
  meta = list(R = R.version.string, GPArotation = as.character(packageVersion("GPArotation")),
    call = "L <- fa(cor(x), 5, rotate = 'none', fm = 'pa')$loadings; GPArotation::<name>(L, eps = 1e-8, maxit = 20000)"),
  unrotated = unname(L), target = target,
  quartimax = run(quartimax), geomin_t = run(geominT), geomin = run(geominQ), quartimin = run(quartimin),
  bifactor = run(bifactorT), bifactor_q = run(bifactorQ),
  target = target)
out$target_matrix <- target
out[["target_t"]] <- run(targetT, Target = target)
tq <- run(targetQ, Target = target)
out$target <- NULL
out <- c(out, list(target_q = tq))
cat(toJSON(out, digits = NA, na = "null", matrix = "rowmajor", auto_unbox = TRUE))
